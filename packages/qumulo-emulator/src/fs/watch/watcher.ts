/** One watcher: what it wants, what waits for it, and how it ends. */
import type { FsError } from '../errors.ts';
import { type ChangeType, changeTypes, type WatchEvent, type WatchSink } from './types.ts';

const bitOfType: Record<string, number> = Object.fromEntries(changeTypes.map((type, index) => [type, 1 << index]));

/** Bit of a type in a filter mask; 0 for names that do not exist. */
export const typeBit = (type: string): number => (Object.hasOwn(bitOfType, type) ? (bitOfType[type] ?? 0) : 0);
export const everyType = (1 << changeTypes.length) - 1;

export type WatcherHost = {
  /** Has the watcher's next batch delivered in a later turn. */
  ready(watcher: Watcher): void;
  /** Takes the watcher out of the register. */
  forget(watcher: Watcher): void;
};

export class Watcher {
  readonly id: number;
  readonly directoryId: number;
  readonly recursive: boolean;
  readonly mask: number;
  readonly #sink: WatchSink;
  readonly #host: WatcherHost;
  readonly #limits: { readonly queue: number; readonly batch: number };
  #queue: WatchEvent[] = [];
  #blocked = false;
  #closed = false;
  #ending: { reason: 'self_removed' | 'overflow'; error: FsError | null } | null = null;

  constructor(parts: {
    id: number;
    directoryId: number;
    recursive: boolean;
    mask: number;
    sink: WatchSink;
    host: WatcherHost;
    limits: { readonly queue: number; readonly batch: number };
  }) {
    this.id = parts.id;
    this.directoryId = parts.directoryId;
    this.recursive = parts.recursive;
    this.mask = parts.mask;
    this.#sink = parts.sink;
    this.#host = parts.host;
    this.#limits = parts.limits;
  }

  get queued(): number {
    return this.#queue.length;
  }

  wants(type: ChangeType): boolean {
    return this.#ending === null && (this.mask & typeBit(type)) !== 0;
  }

  /** True when the event found no room: the caller then ends the watcher as overflowed. */
  push(event: WatchEvent): boolean {
    if (this.#closed || this.#ending !== null) return false;
    if (this.#queue.length >= this.#limits.queue) return true;
    this.#queue.push(event);
    if (this.#queue.length === 1 && !this.#blocked) this.#host.ready(this);
    return false;
  }

  /** No more events; what waits is delivered first after `self_removed`, dropped after an overflow. */
  finish(reason: 'self_removed' | 'overflow', error: FsError | null): void {
    if (this.#closed || this.#ending !== null) return;
    this.#ending = { reason, error };
    if (reason === 'overflow') this.#queue = [];
    if (reason === 'overflow' || !this.#blocked) this.#host.ready(this);
  }

  /** Delivers one batch; true when there is more to deliver in a later turn. */
  turn(): boolean {
    if (this.#closed) return false;
    const overflowed = this.#ending?.reason === 'overflow';
    if (this.#blocked && !overflowed) return false;
    if (this.#queue.length > 0) {
      const batch = this.#queue.length <= this.#limits.batch ? this.#queue : this.#queue.slice(0, this.#limits.batch);
      this.#queue = batch === this.#queue ? [] : this.#queue.slice(batch.length);
      this.#blocked = this.#sink.batch(batch) === false;
      if (this.#closed || this.#blocked) return false;
      if (this.#queue.length > 0) return true;
    }
    if (this.#ending !== null) {
      const { reason, error } = this.#ending;
      this.close();
      this.#sink.end(reason, error);
    }
    return false;
  }

  resume(): void {
    if (this.#closed || !this.#blocked) return;
    this.#blocked = false;
    if (this.#queue.length > 0 || this.#ending !== null) this.#host.ready(this);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#host.forget(this);
  }
}
