import type { Clock } from './fs/api.ts';

/** Where real time comes from: nanoseconds since 1970. */
export type TimeSource = Clock;

/**
 * The cluster's clock: the system's, moved or frozen at will. Every expiry, every time stamp and the `Date` header go by it.
 *
 * A request has one instant: the pipeline pins the clock for as long as a handler runs.
 */
export class EmulatorClock implements Clock {
  readonly #source: TimeSource;
  #offsetNs = 0n;
  #frozenAtNs: bigint | undefined;
  #pinnedNs: bigint | undefined;
  #dateSecond = -1;
  #dateText = '';

  constructor(source: TimeSource = systemTime()) {
    this.#source = source;
  }

  nowNs(): bigint {
    return this.#pinnedNs ?? this.#frozenAtNs ?? this.#source.nowNs() + this.#offsetNs;
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    return Number(this.nowNs() / 1_000_000n);
  }

  get frozen(): boolean {
    return this.#frozenAtNs !== undefined;
  }

  /** Forward, or back with a negative number; a frozen clock stays frozen. */
  move(milliseconds: number): void {
    const step = BigInt(Math.round(milliseconds * 1e6));
    if (this.#frozenAtNs === undefined) this.#offsetNs += step;
    else this.#frozenAtNs += step;
  }

  /** To an instant: a `Date`, or milliseconds since 1970. */
  set(instant: Date | number): void {
    const target = BigInt(Math.round((typeof instant === 'number' ? instant : instant.getTime()) * 1e6));
    if (this.#frozenAtNs === undefined) this.#offsetNs = target - this.#source.nowNs();
    else this.#frozenAtNs = target;
  }

  freeze(): void {
    this.#frozenAtNs ??= this.#source.nowNs() + this.#offsetNs;
  }

  /** Goes on from where it was frozen. */
  resume(): void {
    if (this.#frozenAtNs === undefined) return;
    this.#offsetNs = this.#frozenAtNs - this.#source.nowNs();
    this.#frozenAtNs = undefined;
  }

  /** For the pipeline: everything until `unpin` happens at this instant. */
  pin(nowNs: bigint): void {
    this.#pinnedNs = nowNs;
  }

  unpin(): void {
    this.#pinnedNs = undefined;
  }

  /** An HTTP date, made once a second. */
  httpDate(nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#dateText = new Date(second * 1000).toUTCString();
    }
    return this.#dateText;
  }
}

/** The system's clock with the resolution of the monotonic one. */
export function systemTime(): TimeSource {
  const start = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  return { nowNs: () => start + process.hrtime.bigint() };
}

/** RFC 3339 in UTC as the API writes times: fraction without trailing zeros, none when zero (FACTS 4). */
export function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.?0+Z$/, 'Z');
}
