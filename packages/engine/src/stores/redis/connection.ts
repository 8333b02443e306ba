import { createHash } from 'node:crypto';
import type { Clock } from '@qwarden/qumulo-client';
import { type BackoffPolicy, backoffMs } from '../../jobs/backoff.ts';
import type { RedisAddress } from './address.ts';
import { type CheckOptions, checkRedis, fsyncWarning, leastMemory } from './checks.ts';
import { connectRedis, type RawRedis } from './client.ts';
import { isPassing, isRefusal, isReplica, isScriptMissing, redisError, toRedisError } from './errors.ts';
import { StateError } from '../../ledger/state-error.ts';
import { News } from './news.ts';

const BACKOFF: BackoffPolicy = { baseMs: 50, capMs: 2000, floorMs: 20 };

/**
 * How often it is asked whether it is there, and how long it may take to say so, ms. One that hangs resets no connection, and an idle process
 * asks for nothing else: the two together are how long nobody knows of it.
 */
const ASKED_EVERY_MS = 3000;
const ANSWERS_WITHIN_MS = 5000;

/** Redis went away, is back, or is set up so that something could be lost; or what a dead worker held was freed. For people. */
export interface RedisOutage {
  readonly kind: 'away' | 'back' | 'careless' | 'freed';
  readonly message: string;
}

export interface ConnectionOptions extends CheckOptions {
  readonly clock: Clock;
  readonly channel: string;
  readonly onOutage: (outage: RedisOutage) => void;
}

/** A script with its name in Redis. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/**
 * A connection that outlives its Redis. A call that could not be answered is made again when Redis is back: `again` tells it that it may have
 * been carried out already, and every call of ours is such that this does nothing twice.
 */
export class RedisConnection {
  readonly at: string;
  readonly news: News;
  readonly clock: Clock;
  readonly #address: RedisAddress;
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  #raw: RawRedis | undefined;
  #opened = false;
  #refused: unknown;
  /** Calls that wait for it to be back. Of a cluster one node can be away: answers of others say nothing about it. */
  #waiting = 0;
  #toldAway = false;
  #since: number;
  #memory: number | undefined;

  private constructor(address: RedisAddress, options: ConnectionOptions) {
    this.at = address.shown;
    this.clock = options.clock;
    this.news = new News(options.clock, this.#closing.signal);
    this.#address = address;
    this.#options = options;
    this.#since = options.clock.now();
  }

  /** Rejects with StateError when Redis is not there, not ours, or not fit for it. */
  static async open(address: RedisAddress, options: ConnectionOptions): Promise<RedisConnection> {
    const connection = new RedisConnection(address, options);
    try {
      await connection.#connect();
      void connection.#watchOver();
      return connection;
    } catch (error) {
      connection.destroy();
      // What comes out of a refused connection is at times only that it was closed.
      throw toRedisError(connection.#refused ?? error, address);
    }
  }

  /** Since when it has stood without a break, local clock. */
  get standsSince(): number {
    return this.#since;
  }

  /** The least that one of its nodes may hold, bytes; undefined: as much as its machine has. */
  get memory(): number | undefined {
    return this.#memory;
  }

  /** Calls wait for it to come back. */
  get isAway(): boolean {
    return this.#waiting > 0;
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  async #connect(): Promise<void> {
    this.#raw = await connectRedis(this.#address, {
      onReady: () => {
        this.#refused = undefined;
        this.#since = this.clock.now();
        this.news.tellAll();
      },
      onError: (error) => {
        if (isRefusal(error)) this.#refused = error;
      },
      reconnectIn: (tries, cause) => {
        if (isRefusal(cause)) this.#refused = cause;
        if (!this.#opened || this.closed.aborted) return undefined;
        return backoffMs(BACKOFF, tries + 1, Math.random);
      },
    });
    const infos = await this.#raw.info();
    for (const info of infos) checkRedis(info, this.at, this.#options);
    this.#memory = leastMemory(infos);
    if (!this.#opened) await this.#warn(this.#raw);
    await this.#raw.subscribe(this.#options.channel, (topic) => this.news.tell(topic));
    this.#opened = true;
  }

  /** Cuts nothing: what was asked of it before is answered when it goes on. */
  async #watchOver(): Promise<void> {
    while (!this.closed.aborted) {
      try {
        await this.clock.sleep(ASKED_EVERY_MS, this.closed);
        await this.#untilAnswered(async (raw) => await this.#inTime(raw.ping()));
      } catch {
        // Closed, or it refuses us now: the next call finds out, and says so.
      }
    }
  }

  async #inTime(work: Promise<void>): Promise<void> {
    const done = new AbortController();
    const late = async () => {
      await this.clock.sleep(ANSWERS_WITHIN_MS, AbortSignal.any([done.signal, this.closed]));
      throw new Error(`it has not answered for ${ANSWERS_WITHIN_MS / 1000} s`);
    };
    try {
      await Promise.race([work, late()]);
    } finally {
      done.abort();
    }
  }

  async #warn(raw: RawRedis): Promise<void> {
    try {
      const [message] = (await raw.setting('appendfsync')).flatMap((set) => fsyncWarning(set, this.at) ?? []);
      if (message !== undefined) this.#options.onOutage({ kind: 'careless', message });
    } catch {
      // It does not tell: that is no reason not to use it.
    }
  }

  async call(key: string, args: readonly string[], readOnly = false): Promise<unknown> {
    return await this.#untilAnswered((raw) => raw.send(key, readOnly, args));
  }

  /** All keys are in one slot. */
  async run(script: Script, keys: readonly string[], args: (again: boolean) => readonly string[]): Promise<unknown> {
    const [first = ''] = keys;
    return await this.#untilAnswered(async (raw, again) => {
      const rest = [String(keys.length), ...keys, ...args(again)];
      try {
        return await raw.send(first, false, ['EVALSHA', script.sha, ...rest]);
      } catch (error) {
        if (!isScriptMissing(error)) throw error;
        return await raw.send(first, false, ['EVAL', script.text, ...rest]);
      }
    });
  }

  /** Once, and whatever comes of it. For what is only polite. */
  async tryOnce(script: Script, keys: readonly string[], args: readonly string[]): Promise<void> {
    try {
      await this.#raw?.send(keys[0] ?? '', false, ['EVAL', script.text, String(keys.length), ...keys, ...args]);
    } catch {
      // It is away: what it would have been told it finds out when the lease ends.
    }
  }

  /** From here on every call rejects, also those that wait. */
  close(): void {
    this.#closing.abort();
  }

  /** Ends the connections, as a crash does. */
  destroy(): void {
    this.close();
    this.#raw?.destroy();
  }

  async #untilAnswered(ask: (raw: RawRedis, again: boolean) => Promise<unknown>): Promise<unknown> {
    let [waits, answered] = [false, false];
    try {
      for (let attempt = 0; ; attempt += 1) {
        const raw = this.#raw;
        if (this.closed.aborted || raw === undefined) throw redisError('closed', this.at);
        try {
          const answer = await ask(raw, attempt > 0);
          answered = true;
          return answer;
        } catch (error) {
          if (this.closed.aborted) throw redisError('closed', this.at);
          const cause = this.#refused ?? error;
          if (!isPassing(cause)) throw toRedisError(cause, this.#address);
          if (!waits) this.#isAway(error);
          waits = true;
          // Its connections outlive that a primary becomes a replica, and the address may lead to the new primary.
          if (isReplica(cause) && attempt > 0) raw.renew();
          await this.clock.sleep(backoffMs(BACKOFF, attempt + 1, Math.random), this.closed).catch(() => undefined);
        }
      }
    } finally {
      if (waits) this.#waiting -= 1;
      if (answered && this.#toldAway && this.#waiting === 0) this.#isBack();
    }
  }

  tell(notice: RedisOutage): void {
    this.#options.onOutage(notice);
  }

  #isAway(error: unknown): void {
    this.#waiting += 1;
    if (this.#toldAway) return;
    this.#toldAway = true;
    const { message } = toRedisError(error, this.#address);
    this.#options.onOutage({ kind: 'away', message: `${message} Everything waits until it is back.` });
  }

  #isBack(): void {
    this.#toldAway = false;
    this.#since = this.clock.now();
    this.#options.onOutage({ kind: 'back', message: `Redis at ${this.at} is back.` });
    void this.#lookAgain();
  }

  /** It may have been started anew, with other settings. What it has it may keep: that is no reason to end. */
  async #lookAgain(): Promise<void> {
    try {
      for (const info of (await this.#raw?.info()) ?? []) checkRedis(info, this.at, this.#options);
    } catch (error) {
      if (error instanceof StateError && error.kind === 'unsuitable')
        this.#options.onOutage({ kind: 'careless', message: error.message });
      // Away again: whoever calls next finds out.
    }
  }
}
