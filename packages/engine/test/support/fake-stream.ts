import {
  type NotifyBatch,
  type NotifyBurst,
  type NotifyEnd,
  type NotifyEvent,
  type NotifyStream,
  readNotifyEvents,
} from '@qwarden/qumulo-client';
import type { FakeClock } from './fake-clock.ts';

/** One connection of a watch, fed by the fake cluster. */
export class FakeStream implements NotifyStream {
  readonly registered: Promise<void>;
  readonly ended: Promise<NotifyEnd>;
  readonly lastByteAtMs = 0;
  readonly #clock: FakeClock;
  readonly #queue: NotifyBatch[] = [];
  #over: NotifyEnd | undefined;
  #wake: (() => void) | undefined;
  #register: { resolve: () => void; reject: (error: Error) => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  #end: (end: NotifyEnd) => void = () => undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.registered = new Promise((resolve, reject) => {
      this.#register = { resolve, reject };
    });
    this.registered.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get open(): boolean {
    return this.#over === undefined;
  }

  register(): void {
    this.#clock.activity += 1;
    this.#register.resolve();
  }

  push(events: NotifyEvent[]): void {
    if (this.#over !== undefined) return;
    this.#clock.activity += 1;
    this.#queue.push({ events, raw: JSON.stringify(events), receivedAtMs: this.#clock.now() });
    this.#wake?.();
  }

  end(end: NotifyEnd): void {
    if (this.#over !== undefined) return;
    this.#clock.activity += 1;
    this.#over = end;
    if (end.reason === 'aborted') this.#queue.length = 0;
    this.#register.reject(new Error(`ended: ${end.reason}`));
    this.#end(end);
    this.#wake?.();
  }

  close(): Promise<void> {
    this.end({ reason: 'aborted' });
    return Promise.resolve();
  }

  async *bursts(): AsyncGenerator<NotifyBurst> {
    for await (const { raw, receivedAtMs } of this) yield { events: readNotifyEvents(raw), raw, receivedAtMs };
  }

  async *[Symbol.asyncIterator](): AsyncIterator<NotifyBatch> {
    for (;;) {
      const batch = this.#queue.shift();
      if (batch !== undefined) {
        this.#clock.activity += 1;
        yield batch;
      } else if (this.#over !== undefined) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
