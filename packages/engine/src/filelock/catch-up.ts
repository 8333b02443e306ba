import type { Clock } from '@qwarden/qumulo-client';
import { type BackoffPolicy, backoffMs } from '../jobs/backoff.ts';
import type { CoverageStore } from '../watch/port.ts';
import type { WatchedDirectory } from '../watch/place.ts';
import { isNotThere } from '../watch/place.ts';
import type { Arrivals } from './arrivals.ts';
import type { Desk } from './desk.ts';
import type { CatchUpReason, FilelockEvent } from './events.ts';
import type { Inventory, WalkResult } from './inventory.ts';
import { iso } from '../time/iso.ts';
import type { FilelockPolicy } from './policy.ts';
import type { EngineState } from '../state.ts';

const BACKOFF: BackoffPolicy = { baseMs: 500, capMs: 30_000, floorMs: 100 };
const CHUNK = 256;

export interface CatchUpOptions {
  readonly inventory: Inventory;
  readonly directory: WatchedDirectory;
  readonly directoryId: string;
  readonly policy: FilelockPolicy;
  readonly arrivals: Arrivals;
  readonly desk: Desk;
  readonly state: Pick<EngineState, 'files'> & { readonly coverage: CoverageStore };
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: FilelockEvent) => void;
  readonly onRemoved: () => void;
}

/** Closes the gap before an epoch: what happened while nobody listened is found by a walk. */
export class CatchUp {
  readonly #o: CatchUpOptions;

  constructor(options: CatchUpOptions) {
    this.#o = options;
  }

  /** Tries until it is done or the epoch has ended. Rejects only with StateError. */
  async close(epoch: number, reason: CatchUpReason, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.#once(epoch, reason, signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Error && error.name === 'StateError') throw error;
        if (isNotThere(error)) {
          this.#o.onRemoved();
          return;
        }
        const retryInMs = backoffMs(BACKOFF, attempt, this.#o.random);
        const message = error instanceof Error ? error.message : String(error);
        this.#report({ kind: 'catch-up-failed', at: this.#now(), reason, message, retryInMs });
        try {
          await this.#o.clock.sleep(retryInMs, signal);
        } catch {
          return;
        }
      }
    }
  }

  async #once(epoch: number, reason: CatchUpReason, signal: AbortSignal): Promise<void> {
    const { clock, desk, directory, directoryId, inventory, state } = this.#o;
    const started = clock.monotonic();
    this.#report({ kind: 'catch-up-started', at: this.#now(), reason });
    await directory.refresh(signal);
    const baseline = reason === 'baseline';
    const result = await inventory.walk(directoryId, baseline ? 'baseline' : 'catch-up', directory.recursive, signal);
    await desk.work('now', () => {
      if (baseline) state.coverage.setBaselineDone(clock.now());
      state.coverage.gapClosed(epoch, baseline ? 'baseline' : 'walk', clock.now());
    });
    if (baseline) this.#tellExisting(result);
    if (this.#o.policy.existing === 'lock') result.found += await this.#armExisting(signal);
    const tookMs = Math.round(clock.monotonic() - started);
    this.#report({
      kind: 'catch-up-finished',
      at: this.#now(),
      reason,
      files: result.files,
      found: result.found,
      tookMs,
    });
  }

  #tellExisting(result: WalkResult): void {
    if (result.existing === 0) return;
    const action = { ignore: 'ignored', report: 'reported', lock: 'retention-lock' } as const;
    this.#report({
      kind: 'existing-found',
      at: this.#now(),
      count: result.existing,
      samples: result.samples,
      action: action[this.#o.policy.existing],
    });
  }

  /** `--existing lock`: everything that was there and matches gets a job. */
  async #armExisting(signal: AbortSignal): Promise<number> {
    let armed = 0;
    for (let after: string | undefined; !signal.aborted; ) {
      const records = this.#o.state.files.existingMatched(after, CHUNK);
      const last = records.at(-1);
      if (last === undefined) break;
      after = last.fileId;
      await this.#o.desk.work('soon', (done) => {
        for (const record of records) {
          const job = this.#o.desk.job(record.fileId);
          if (job !== undefined) continue;
          const file = { fileId: record.fileId, path: record.path, links: record.links };
          const changedAt = this.#o.clock.now() - this.#o.policy.intervalMs;
          this.#o.arrivals.arrive(done, file, 'existing', changedAt, { job, record });
          armed += 1;
        }
      });
    }
    return armed;
  }

  #now(): string {
    return iso(this.#o.clock.now());
  }

  #report(event: FilelockEvent): void {
    this.#o.report(event);
  }
}
