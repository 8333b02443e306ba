import { ROOT_CONTEXT } from '@opentelemetry/api';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Clock } from '@qwarden/qumulo-client';
import { SpanCount, WatchedExporter } from './delivery.ts';
import type { TracesPlan } from './plan.ts';
import type { Tracing } from './port.ts';
import { ChosenIds, SpanTracing } from './spans.ts';

/** For what is left at the end. */
const LAST_MS = 5000;

export interface TracingOptions {
  readonly version: string;
  readonly clock: Clock;
  /** For people: delivery fails, works again, or has failed for some. */
  readonly warn: (text: string) => void;
}

export function makeTracing(plan: TracesPlan, exporter: SpanExporter, options: TracingOptions): Tracing {
  const { version, clock, warn } = options;
  const watched = new WatchedExporter(exporter, {
    trouble: (why) =>
      warn(
        why === undefined
          ? 'Traces are delivered again.'
          : `Traces cannot be delivered: ${why}. Everything else goes on; what is lost of them is counted at the end.`,
      ),
  });
  const count = new SpanCount();
  const ids = new ChosenIds();
  const root = new TraceIdRatioBasedSampler(plan.ratio);
  const own = resourceFromAttributes({ 'service.name': 'qwarden', 'service.version': version });
  // Of the environment alone: the command line of a process may hold secrets.
  const resource = own.merge(detectResources({ detectors: [envDetector] }));
  const provider = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root }),
    idGenerator: ids,
    spanProcessors: [count, new BatchSpanProcessor({ exporter: watched, ...plan.batch })],
  });
  return new SpanTracing({
    tracer: provider.getTracer('qwarden', version),
    ids,
    isKept: (traceId) => root.shouldSample(ROOT_CONTEXT, traceId).decision !== SamplingDecision.NOT_RECORD,
    clock,
    close: async () => {
      const enough = new AbortController();
      const late = clock.sleep(LAST_MS, enough.signal).catch(() => undefined);
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      enough.abort();
      const lost = count.ended - watched.delivered;
      if (lost > 0) warn(`${lost} of ${count.ended} spans of traces were not delivered.`);
    },
  });
}
