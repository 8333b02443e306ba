import type { Clock } from '@qwarden/qumulo-client';
import type { StateError } from '../../ledger/state-error.ts';
import { type RedisConnection, script } from './connection.ts';
import { num, text, texts } from './replies.ts';

/** Renewed so many times before it would end. */
const RENEWALS = 4;
/** How often somebody who waits looks. */
const LOOK_MS = 250;

/**
 * A hash: owner, about (for people), until (ms, by the clock of Redis: the machines' own may differ), fence (counts the holders), gone
 * (owners that did not let go, whom the next one must keep from writing on). It does not expire as a key: what expires may be evicted.
 */
const PRELUDE = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local owner = redis.call('HGET', KEYS[1], 'owner')
local function extend(ms) redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + tonumber(ms))) end
`;

/** ARGV: owner, about, ms. Says `mine`, the fence, and who is gone; or `held`, by whom, until when. */
const TAKE = script(`${PRELUDE}
if owner and owner ~= ARGV[1] then
  local ends = redis.call('HGET', KEYS[1], 'until')
  if tonumber(ends) > now then return {'held', redis.call('HGET', KEYS[1], 'about'), owner, ends} end
  redis.call('HSET', KEYS[1], 'gone', (redis.call('HGET', KEYS[1], 'gone') or '') .. ' ' .. owner)
end
if owner ~= ARGV[1] then
  redis.call('HINCRBY', KEYS[1], 'fence', 1)
  redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'about', ARGV[2])
end
extend(ARGV[3])
return {'mine', redis.call('HGET', KEYS[1], 'fence'), redis.call('HGET', KEYS[1], 'gone') or ''}
`);

/** ARGV: owner, ms. Says nothing, or who holds it now. */
const RENEW = script(`${PRELUDE}
if owner == ARGV[1] then extend(ARGV[2]) return '' end
return redis.call('HGET', KEYS[1], 'about') or '-'
`);

/** ARGV: owner. */
const LET_GO = script(`${PRELUDE}
if owner == ARGV[1] then return redis.call('HDEL', KEYS[1], 'owner', 'about', 'until') end
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
  /** Keeps those from writing on who have lost it without knowing. */
  readonly fenceOff?: ((owner: string) => Promise<void>) | undefined;
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
    for (;;) {
      const [verdict, ...said] = texts(await redis.run(TAKE, [key], () => [owner, about, String(ms)]));
      if (verdict === 'mine') {
        const hold = new Hold(redis, key, options, said[0] ?? '');
        await hold.#fenceOff(said[1] ?? '');
        return hold;
      }
      const [holder = '', other = '', until = ''] = said;
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

  async #fenceOff(gone: string): Promise<void> {
    const { fenceOff } = this.#options;
    const owners = gone.split(' ').filter((owner) => owner !== '');
    if (owners.length === 0) return;
    if (fenceOff !== undefined) await Promise.all(owners.map(fenceOff));
    await this.#redis.call(this.#key, ['HDEL', this.#key, 'gone']);
  }

  async #renew(): Promise<void> {
    const { clock, owner, ms, inUse } = this.#options;
    try {
      for (;;) {
        await clock.sleep(ms / RENEWALS, this.#ended.signal);
        const holder = text(await this.#redis.run(RENEW, [this.#key], () => [owner, String(ms)]));
        if (holder === '' || this.#ended.signal.aborted) continue;
        this.#lost.abort(inUse(holder));
        return;
      }
    } catch {
      // Let go or closed; or refused, and then every other call says so too.
    }
  }
}

/** Is it still what `fence` says? First line of scripts that only the holder may run: KEYS[1] the hold, ARGV[1] owner, ARGV[2] fence. */
export const ONLY_HOLDER = `
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] or redis.call('HGET', KEYS[1], 'fence') ~= ARGV[2] then return 0 end
`;

export function wasRefused(answer: unknown): boolean {
  return num(answer) === 0;
}
