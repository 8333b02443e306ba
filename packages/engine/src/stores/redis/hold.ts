import { hostname } from 'node:os';
import type { Clock } from '@qwarden/qumulo-client';
import { StateError } from '../../ledger/state-error.ts';
import { type RedisConnection, script } from './connection.ts';
import { redisError } from './errors.ts';
import { num, text, texts } from './replies.ts';

/** Renewed so many times before it would end. */
const RENEWALS = 4;
/** How often somebody who waits looks. */
const LOOK_MS = 250;

/**
 * A hash: owner, about (for people), name (of the owner's connection), until (ms, by the clock of Redis: the machines' own may differ), fence (counts the holders), gone
 * (owners that did not let go, whom the next one must keep from writing on). It does not expire as a key: what expires may be evicted.
 */
const PRELUDE = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local owner = redis.call('HGET', KEYS[1], 'owner')
local function extend(ms) redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + tonumber(ms))) end
`;

/**
 * ARGV: owner, about, ms, name of its connection or nothing, an owner that is dead or nothing. Says `mine`, the fence, and who is gone; or
 * `held`, by whom, until when, and the name of that one's connection.
 */
const TAKE = script(`${PRELUDE}
if owner and owner ~= ARGV[1] and owner ~= ARGV[5] then
  local ends = redis.call('HGET', KEYS[1], 'until')
  if tonumber(ends) > now then
    return {'held', redis.call('HGET', KEYS[1], 'about'), owner, ends, redis.call('HGET', KEYS[1], 'name') or ''}
  end
end
if owner and owner ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'gone', (redis.call('HGET', KEYS[1], 'gone') or '') .. ' ' .. owner)
end
if owner ~= ARGV[1] then
  redis.call('HINCRBY', KEYS[1], 'fence', 1)
  redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'about', ARGV[2], 'name', ARGV[4])
end
extend(ARGV[3])
return {'mine', redis.call('HGET', KEYS[1], 'fence'), redis.call('HGET', KEYS[1], 'gone') or ''}
`);

/** ARGV: owner, ms. Says `mine`; `held` and by whom; or `none`: only its holder lets go of it, so that everything is gone with it. */
const RENEW = script(`${PRELUDE}
if owner == ARGV[1] then extend(ARGV[2]) return {'mine'} end
if owner then return {'held', redis.call('HGET', KEYS[1], 'about')} end
return {'none'}
`);

/** ARGV: owner. */
const LET_GO = script(`${PRELUDE}
if owner == ARGV[1] then return redis.call('HDEL', KEYS[1], 'owner', 'about', 'until', 'name') end
return 0
`);

export interface HoldOptions {
  /** Unlike that of any other process. */
  readonly owner: string;
  /** For the people that another holder's error is for. */
  readonly about: string;
  /** Who is not heard of for so long has lost it. */
  readonly ms: number;
  /** So long is a holder that lives waited for. */
  readonly patienceMs: number;
  readonly clock: Clock;
  /** The error of who finds it held, or loses it. */
  readonly inUse: (holder: string) => StateError;
  /** Keeps one from writing on who has lost it without knowing; `dead`: it is certain that there is no such process any more. */
  readonly fenceOff?: ((owner: string, dead: boolean) => Promise<void>) | undefined;
}

/** Something that one process at a time has, of all that share a Redis; it is free again soon after its process has died. */
export class Hold {
  /** Rises with every holder: what only the holder may write is written with it. */
  readonly fence: string;
  readonly #redis: RedisConnection;
  readonly #key: string;
  readonly #options: HoldOptions;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();

  private constructor(redis: RedisConnection, key: string, options: HoldOptions, fence: string) {
    this.#redis = redis;
    this.#key = key;
    this.#options = options;
    this.fence = fence;
    redis.closed.addEventListener('abort', () => this.#ended.abort(), { once: true, signal: this.#ended.signal });
    void this.#renew();
  }

  /**
   * One that is held by nobody, or by somebody who has died: then it takes until that holder's time has run out.
   * @throws StateError of `inUse`
   */
  static async take(redis: RedisConnection, key: string, options: HoldOptions): Promise<Hold> {
    const { clock, ms, owner, about, patienceMs } = options;
    const enough = clock.monotonic() + patienceMs;
    let first: string | undefined;
    let dead = '';
    for (;;) {
      const name = (await nameConnection(redis, key, owner)) ? connectionName(owner) : '';
      const args = [owner, about, String(ms), name, dead];
      const [verdict, ...said] = texts(await redis.run(TAKE, [key], () => args));
      if (verdict === 'mine') {
        const hold = new Hold(redis, key, options, said[0] ?? '');
        await hold.#fenceOff(said[1] ?? '', name !== '');
        return hold;
      }
      const [holder = '', other = '', until = '', connection = ''] = said;
      if (other !== dead && connection !== '' && (await hasDied(redis, key, other))) {
        dead = other;
        continue;
      }
      const sign = `${other} ${until}`;
      first ??= sign;
      // It says that it lives.
      if (sign !== first && clock.monotonic() >= enough) throw options.inUse(holder);
      await clock.sleep(LOOK_MS, redis.closed);
    }
  }

  /** Aborts when another has it; the reason is the error of `inUse`. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async letGo(): Promise<void> {
    this.#ended.abort();
    await this.#redis.tryOnce(LET_GO, [this.#key], [this.#options.owner]);
  }

  /** `named`: connections can be told from each other here. */
  async #fenceOff(gone: string, named: boolean): Promise<void> {
    const { fenceOff } = this.#options;
    const owners = gone.split(' ').filter((owner) => owner !== '');
    if (owners.length === 0) return;
    for (const owner of fenceOff === undefined ? [] : owners)
      await fenceOff?.(owner, named && (await hasDied(this.#redis, this.#key, owner)));
    await this.#redis.call(this.#key, ['HDEL', this.#key, 'gone']);
  }

  /** Until it is let go of, or lost: also a Redis that is full, and refuses to be written now, may have room later. */
  async #renew(): Promise<void> {
    const { clock, owner, ms } = this.#options;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await clock.sleep(ms / RENEWALS, signal);
        await nameConnection(this.#redis, this.#key, owner);
        const [verdict, holder] = texts(await this.#redis.run(RENEW, [this.#key], () => [owner, String(ms)]));
        if (verdict === 'mine' || signal.aborted) continue;
        this.#lost.abort(this.#lostTo(verdict === 'held' ? (holder ?? '') : undefined));
        return;
      } catch (error) {
        if (!(error instanceof StateError)) return;
      }
    }
  }

  #lostTo(holder: string | undefined): StateError {
    return holder === undefined ? redisError('emptied', this.#redis.at) : this.#options.inUse(holder);
  }
}

/** Of the connection through which `owner` renews; it is gone the moment its process is. */
function connectionName(owner: string): string {
  return `qwarden:${owner.slice(owner.lastIndexOf('/') + 1)}`;
}

/** Again and again, since a new connection has no name. False where Redis does not allow it. */
async function nameConnection(redis: RedisConnection, key: string, owner: string): Promise<boolean> {
  try {
    await redis.call(key, ['CLIENT', 'SETNAME', connectionName(owner)]);
    return true;
  } catch {
    return false;
  }
}

/**
 * A process of this machine that is not there any more, and whose connection is not either: it need not be waited for. One alone does not
 * say so: containers have process ids of their own, and a connection may be cut while its process lives.
 */
async function hasDied(redis: RedisConnection, key: string, owner: string): Promise<boolean> {
  const [, host, pid] = /^(.*)\/(\d+)\/[^/]*$/.exec(owner) ?? [];
  if (host !== hostname() || (Number(pid) !== process.pid && isAlive(Number(pid)))) return false;
  try {
    const clients = text(await redis.call(key, ['CLIENT', 'LIST', 'TYPE', 'NORMAL']));
    return !clients.includes(` name=${connectionName(owner)} `);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Is it still what `fence` says? First line of scripts that only the holder may run: KEYS[1] the hold, ARGV[1] owner, ARGV[2] fence. */
export const ONLY_HOLDER = `
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] or redis.call('HGET', KEYS[1], 'fence') ~= ARGV[2] then return 0 end
`;

export function wasRefused(answer: unknown): boolean {
  return num(answer) === 0;
}
