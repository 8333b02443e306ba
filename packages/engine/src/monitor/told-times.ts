import type { ClusterClock } from '@qwarden/qumulo-client';
import type { ChangeLog, LogEntry, Position } from '../queue/port.ts';
import { readable } from './told.ts';

export interface ToldTimesOptions {
  readonly log: Pick<ChangeLog, 'history'>;
  readonly clusterClock: Pick<ClusterClock, 'skewMs' | 'uncertaintyMs'>;
  /** Until then the stream has told everything; local clock, as all here. */
  readonly seenUntil: number;
  /** From then on it does again. */
  readonly registeredAt: number;
  /** What is read of the log. */
  readonly from: number;
  readonly to: number;
}

/**
 * When files were last told of, around a gap. A gap is taken a little longer than it is, since clocks are not known exactly; what the stream has
 * told must not be told again for that, or a stop that a person has just lifted is made anew.
 */
export class ToldTimes {
  readonly #o: ToldTimesOptions;
  /** Receipt of the last that was told of a file: before the gap or by a walk, and behind it. */
  readonly #before = new Map<string, number>();
  readonly #behind = new Map<string, number>();
  #position: Position | undefined;
  #complete = false;

  constructor(options: ToldTimesOptions) {
    this.#o = options;
  }

  /** Reads what has come meanwhile. Rejects with StateError. */
  async refresh(): Promise<void> {
    if (this.#complete) return;
    const { log, from, to } = this.#o;
    for await (const entry of log.history({ since: from, after: this.#position })) {
      if (entry.receivedAt > to) {
        this.#complete = true;
        return;
      }
      this.#position = entry.position;
      const last = this.#lastOf(entry);
      if (last === undefined) continue;
      const events = entry.parsed ?? readable(entry.raw);
      for (let n = 0; n < events.length; n += 1) last.set(events.id(n), entry.receivedAt);
    }
  }

  /**
   * Was that which happened to the file then told? The stream tells in order: what it has told of a file last, says that all before was told.
   * @param at cluster's clock
   */
  has(fileId: string, at: number): boolean {
    const { clusterClock, registeredAt } = this.#o;
    const skew = clusterClock.skewMs() ?? 0;
    const unsure = clusterClock.uncertaintyMs();
    const isBefore = (received: number | undefined) => received !== undefined && received + skew + unsure >= at;
    if (isBefore(this.#before.get(fileId))) return true;
    return at >= registeredAt + skew + unsure && isBefore(this.#behind.get(fileId));
  }

  /** It depends on how well the cluster's clock is known. */
  isUnsure(fileId: string, at: number): boolean {
    const { clusterClock } = this.#o;
    const received = this.#before.get(fileId);
    return (
      received !== undefined && Math.abs(received + (clusterClock.skewMs() ?? 0) - at) <= clusterClock.uncertaintyMs()
    );
  }

  /** Undefined: what stands there says nothing about what was told. */
  #lastOf({ source, receivedAt }: LogEntry): Map<string, number> | undefined {
    const { seenUntil, registeredAt } = this.#o;
    // A walk goes on only while the stream does: what happened between its look at the file and its word was told by that.
    if (source === 'catch-up') return this.#before;
    if (source !== 'stream') return undefined;
    if (receivedAt <= seenUntil) return this.#before;
    // In between stands what came while an earlier gap was open.
    return receivedAt >= registeredAt ? this.#behind : undefined;
  }
}
