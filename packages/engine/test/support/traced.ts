import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { type Clock, systemClock } from '@qwarden/qumulo-client';
import { type MockInstance, vi } from 'vitest';
import { makeTracing } from '../../src/tracing/make.ts';
import type { Tracing } from '../../src/tracing/port.ts';

export interface Traced {
  readonly tracing: Tracing;
  /** What was delivered. */
  readonly spans: ReadableSpan[];
  readonly warnings: string[];
  readonly exporting: MockInstance<InMemorySpanExporter['export']>;
}

/** Traces as one process makes them. */
export function traced(ratio = 1, clock: Clock = systemClock): Traced {
  const exporter = new InMemorySpanExporter();
  const spans: ReadableSpan[] = [];
  // The library's own forgets all when it is closed.
  const exporting = vi.spyOn(exporter, 'export').mockImplementation((some, done) => {
    spans.push(...some);
    done({ code: 0 });
  });
  const warnings: string[] = [];
  const batch = {
    scheduledDelayMillis: 1,
    exportTimeoutMillis: 1000,
    maxQueueSize: 10_000,
    maxExportBatchSize: 10_000,
  };
  const plan = { exporter: 'otlp', protocol: 'http/json', ratio, batch } as const;
  const tracing = makeTracing(plan, exporter, { version: '1', clock, warn: (text) => warnings.push(text) });
  return { tracing, spans, warnings, exporting };
}
