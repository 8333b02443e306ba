import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

/** The library's way to say it. */
type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

const DONE = 0;

/** What is told of the delivery. */
export interface Delivered {
  /** It begins to fail, with why; undefined: it works again. */
  trouble(why: string | undefined): void;
}

/** An exporter that says when it cannot deliver, once, and counts: the library would be silent. */
export class WatchedExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #told: Delivered;
  #failing = false;
  /** Spans that have arrived. */
  delivered = 0;

  constructor(inner: SpanExporter, told: Delivered) {
    this.#inner = inner;
    this.#told = told;
  }

  export(spans: ReadableSpan[], done: (result: Result) => void): void {
    this.#inner.export(spans, (result) => {
      const code: number = result.code;
      const failed = code !== DONE;
      if (!failed) this.delivered += spans.length;
      if (failed !== this.#failing) {
        this.#failing = failed;
        this.#told.trouble(failed ? (result.error?.message ?? 'no reason is given') : undefined);
      }
      // That it failed is told; the library would throw it at nobody.
      done(failed ? { code: DONE } : result);
    });
  }

  async shutdown(): Promise<void> {
    await this.#inner.shutdown();
  }
}

/** Counts what is to be delivered, also what the queue of the library then has no room for. */
export class SpanCount implements SpanProcessor {
  ended = 0;

  onStart(_span: Span): void {
    // What matters is its end.
  }

  onEnd(): void {
    this.ended += 1;
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
