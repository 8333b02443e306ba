import { ConsoleSpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { TracesPlan } from '../tracing/plan.ts';

/** Where to, and with what headers, the exporters read from the environment: OTEL_EXPORTER_OTLP_… */
export async function openExporter({ exporter, protocol }: TracesPlan): Promise<SpanExporter> {
  if (exporter === 'console') return new ConsoleSpanExporter();
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}
