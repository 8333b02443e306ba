import type { NotifyEvent } from '@qwarden/qumulo-client';
import type { ChangeLog, NewBatch } from '../queue/port.ts';

/** Events in one batch of ours. */
const BATCH = 256;

/** Writes changes that were found without the stream into the log, in the cluster's own form, so that they are decided about like all others. */
export class SyntheticBatches {
  readonly #log: Pick<ChangeLog, 'append'>;
  readonly #about: Omit<NewBatch, 'events' | 'raw' | 'receivedAt'>;
  readonly #now: () => number;
  #events: NotifyEvent[] = [];
  #count = 0;

  constructor(
    log: Pick<ChangeLog, 'append'>,
    about: Omit<NewBatch, 'events' | 'raw' | 'receivedAt'>,
    now: () => number,
  ) {
    this.#log = log;
    this.#about = about;
    this.#now = now;
  }

  /** Written so far, and waiting to be. */
  get count(): number {
    return this.#count;
  }

  async add(...events: readonly NotifyEvent[]): Promise<void> {
    this.#events.push(...events);
    this.#count += events.length;
    if (this.#events.length >= BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    const events = this.#events;
    this.#events = [];
    if (events.length === 0) return;
    await this.#log.append({
      ...this.#about,
      receivedAt: this.#now(),
      events: events.length,
      raw: JSON.stringify(events),
    });
  }
}
