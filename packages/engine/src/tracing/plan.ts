/** What the standard environment variables of OpenTelemetry ask for. */
export interface TracesPlan {
  readonly exporter: 'otlp' | 'console';
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Share of the traces that is kept. */
  readonly ratio: number;
  readonly batch: {
    readonly scheduledDelayMillis: number;
    readonly exportTimeoutMillis: number;
    readonly maxQueueSize: number;
    readonly maxExportBatchSize: number;
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Undefined: no traces. As OpenTelemetry asks for, what cannot be understood is warned about and left aside; it must not keep the program from
 * its work. Traces are wanted when an exporter is named, or an address to send them to; and never because of nothing.
 */
export function planTraces(environment: Environment, warn: (text: string) => void): TracesPlan | undefined {
  const read = (name: string) => environment[name]?.trim() || undefined;
  if (read('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const exporter = exporterOf(read, warn);
  if (exporter === undefined) return undefined;
  const protocol = protocolOf(read, warn);
  if (protocol === undefined) return undefined;
  return { exporter, protocol, ratio: ratioOf(read, warn), batch: batchOf(read, warn) };
}

type Read = (name: string) => string | undefined;
type Warn = (text: string) => void;

function exporterOf(read: Read, warn: Warn): TracesPlan['exporter'] | undefined {
  const address = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'].find(
    (name) => read(name) !== undefined,
  );
  const named = read('OTEL_TRACES_EXPORTER') ?? (address === undefined ? 'none' : 'otlp');
  if (named === 'none') return undefined;
  if (named !== 'otlp' && named !== 'console') {
    warn(`OTEL_TRACES_EXPORTER=${named}: qwarden knows otlp, console and none. There are no traces.`);
    return undefined;
  }
  if (named === 'otlp' && address !== undefined && !/^https?:$/.test(protocolOfUrl(read(address)))) {
    warn(`${address} is no http:// or https:// address. There are no traces.`);
    return undefined;
  }
  return named;
}

function protocolOfUrl(text: string | undefined): string {
  return URL.parse(text ?? '')?.protocol ?? '';
}

function protocolOf(read: Read, warn: Warn): TracesPlan['protocol'] | undefined {
  const asked = read('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? read('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/protobuf';
  if (asked === 'http/protobuf' || asked === 'http/json') return asked;
  warn(
    `OTEL_EXPORTER_OTLP_PROTOCOL=${asked}: qwarden speaks http/protobuf and http/json (port 4318 of a collector). There are no traces.`,
  );
  return undefined;
}

/** A trace begins here: what its parent says never matters. */
function ratioOf(read: Read, warn: Warn): number {
  const asked = (read('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on').toLowerCase();
  const sampler = asked.replace(/^parentbased_/, '');
  if (sampler === 'always_on') return 1;
  if (sampler === 'always_off') return 0;
  if (sampler !== 'traceidratio') {
    warn(`OTEL_TRACES_SAMPLER=${asked} is not known: all traces are kept.`);
    return 1;
  }
  const argument = read('OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const ratio = Number(argument);
  if (ratio >= 0 && ratio <= 1) return ratio;
  warn(`OTEL_TRACES_SAMPLER_ARG=${argument} is not between 0 and 1: all traces are kept.`);
  return 1;
}

function batchOf(read: Read, warn: Warn): TracesPlan['batch'] {
  const number = (name: string, otherwise: number) => {
    const text = read(name);
    if (text === undefined) return otherwise;
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    warn(`${name}=${text} is no whole number above 0: it is ${otherwise}.`);
    return otherwise;
  };
  return {
    scheduledDelayMillis: number('OTEL_BSP_SCHEDULE_DELAY', 5000),
    exportTimeoutMillis: number('OTEL_BSP_EXPORT_TIMEOUT', 30_000),
    maxQueueSize: number('OTEL_BSP_MAX_QUEUE_SIZE', 2048),
    maxExportBatchSize: number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512),
  };
}
