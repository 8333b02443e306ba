import { expect, test } from 'vitest';
import { planTraces } from '../../src/tracing/plan.ts';

function read(environment: Record<string, string>) {
  const warnings: string[] = [];
  return { plan: planTraces(environment, (text) => warnings.push(text)), warnings };
}
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test('there are none unless somebody asks for them', () => {
  for (const environment of [
    {},
    { OTEL_SERVICE_NAME: 'x', OTEL_RESOURCE_ATTRIBUTES: 'a=b' },
    { OTEL_TRACES_EXPORTER: 'none', ...ENDPOINT },
    { OTEL_TRACES_EXPORTER: ' ', OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_EXPORTER: 'otlp', ...ENDPOINT },
  ])
    expect(read(environment)).toEqual({ plan: undefined, warnings: [] });
});

test('an address or an exporter asks for them, with what the specification has as defaults', () => {
  const batch = {
    scheduledDelayMillis: 5000,
    exportTimeoutMillis: 30_000,
    maxQueueSize: 2048,
    maxExportBatchSize: 512,
  };
  const plan = { exporter: 'otlp', protocol: 'http/protobuf', ratio: 1, batch };
  for (const environment of [
    ENDPOINT,
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' },
    { OTEL_TRACES_EXPORTER: 'otlp' },
    { OTEL_SDK_DISABLED: 'false', ...ENDPOINT },
  ])
    expect(read(environment)).toEqual({ plan, warnings: [] });
  expect(read({ OTEL_TRACES_EXPORTER: 'console' }).plan?.exporter).toBe('console');
  expect(
    read({ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }).plan,
  ).toMatchObject({ protocol: 'http/json' });
  expect(read({ ...ENDPOINT, OTEL_BSP_SCHEDULE_DELAY: '100' }).plan?.batch.scheduledDelayMillis).toBe(100);
});

test('samplers are those of the specification', () => {
  const ratio = (sampler: string, argument = '') =>
    read({ ...ENDPOINT, OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument }).plan?.ratio;
  expect(['always_on', 'parentbased_always_off', 'traceidratio'].map((one) => ratio(one))).toEqual([1, 0, 1]);
  expect(ratio('parentbased_traceidratio', '0.25')).toBe(0.25);
});

test('what is not understood is warned about: it is no reason not to work', () => {
  for (const [environment, warning, isOn] of [
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, /OTEL_TRACES_EXPORTER=zipkin.*no traces/, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /OTEL_EXPORTER_OTLP_ENDPOINT is no http/, false],
    [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /PROTOCOL=grpc.*no traces/, false],
    [{ ...ENDPOINT, OTEL_TRACES_SAMPLER: 'jaeger_remote' }, /jaeger_remote.*all traces are kept/, true],
    [{ ...ENDPOINT, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }, /all traces are kept/, true],
    [{ ...ENDPOINT, OTEL_BSP_MAX_QUEUE_SIZE: '-1' }, /OTEL_BSP_MAX_QUEUE_SIZE=-1/, true],
  ] as const) {
    const { plan, warnings } = read(environment);
    expect([plan !== undefined, warnings]).toEqual([isOn, [expect.stringMatching(warning)]]);
  }
});
