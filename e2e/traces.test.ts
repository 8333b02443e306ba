import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Cluster, makeFile, startCluster } from './support/cluster.ts';
import { attributesOf, type CollectedSpan, Collector } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { type Running, start, temporaryDirectory } from './support/qwarden.ts';

/** Stands wherever a user's text can stand. */
const PRIVATE = 'Takeover-of-ACME';
const HEADER = 'Collector-Secret-5e1';

const rulesFor = (settle: string) => `
version: 1
rules:
  - name: ${PRIVATE} lock
    on: [created]
    where: { under: /records }
    settle: ${settle}
    do: [{ tag: { set: { ${PRIVATE}: ${PRIVATE} } } }, { lock: { retention: 7d } }]
  - name: ${PRIVATE} note
    on: [created]
    where: { under: /records }
    settle: 0s
    do: [{ log: {} }]
`;

function environment({ env }: Cluster, more: Record<string, string> = {}): Record<string, string> {
  return { ...env, QWARDEN_RULES: 'rules.yml', QWARDEN_STORE: 'sqlite:state', ...more };
}

async function monitor(cwd: string, env: Record<string, string>, settle = '0s'): Promise<Running> {
  writeFileSync(join(cwd, 'rules.yml'), rulesFor(settle));
  const running = start(['monitor'], { cwd, env });
  await running.until(/Listening for change notifications/);
  return running;
}

const named = (spans: CollectedSpan[], name: string) => spans.filter((span) => span.name === name);
const only = (spans: CollectedSpan[], name: string): CollectedSpan => {
  const [span, ...more] = named(spans, name);
  if (span === undefined || more.length > 0)
    throw new Error(`${more.length + (span ? 1 : 0)} spans are called ${name}`);
  return span;
};

test('a change is followed to its effects: parents are right, and nobody’s names or secrets go along', async () => {
  const cluster = await startCluster();
  const collector = await Collector.start();
  const cwd = temporaryDirectory();
  const env = environment(cluster, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${HEADER}`,
    OTEL_SERVICE_NAME: 'records-keeper',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  const running = await monitor(cwd, env);
  cluster.emulator.faults.add({ operation: 'PATCH /v1/files/{ref}/file-lock', times: 1, fail: { status: 503 } });
  const file = await makeFile(cluster.client, '/records', `${PRIVATE}.pdf`);
  await running.until(/Done "Takeover-of-ACME lock", lock/);
  const ended = await running.stop();
  expect(ended.code).toBe(0);

  expect(collector.resource).toMatchObject({
    'service.name': 'records-keeper',
    'deployment.environment.name': 'test',
  });
  expect(collector.requests[0]).toMatchObject({ path: '/v1/traces', headers: { authorization: `Bearer ${HEADER}` } });
  const { spans } = collector;
  const change = only(spans, 'change');
  expect(change.parentSpanId ?? '').toBe('');
  expect(attributesOf(change)).toMatchObject({ 'qwarden.change.type': 'child_file_added', 'qwarden.file.id': file });
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([change.traceId]));
  const decide = only(spans, 'decide');
  expect(decide.parentSpanId).toBe(change.spanId);
  expect(Number(attributesOf(decide)['qwarden.matches'])).toBe(2);
  const jobs = named(spans, 'job');
  expect(jobs.map(({ parentSpanId }) => parentSpanId)).toEqual([change.spanId, change.spanId]);
  const locks = named(spans, 'action lock');
  const outcomes = locks.map((span) => attributesOf(span)['qwarden.outcome']);
  expect(outcomes).toContain('done');
  // The first try met the fault: by itself or by the client's own tries.
  const job = jobs.find(({ spanId }) => locks.every(({ parentSpanId }) => parentSpanId === spanId));
  expect(job && attributesOf(job)['qwarden.outcome']).toBe('done');
  expect(only(spans, 'action tag').parentSpanId).toBe(job?.spanId);
  expect(only(spans, 'action log').parentSpanId).not.toBe(job?.spanId);
  const calls = named(spans, 'PATCH /v1/files/{ref}/file-lock');
  expect(calls.map((span) => Number(attributesOf(span)['http.response.status_code']))).toEqual([503, 200]);
  for (const { parentSpanId } of calls) expect(locks.map(({ spanId }) => spanId)).toContain(parentSpanId);
  // What is below begins no earlier and ends no later, but for the milliseconds of the clock.
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans) {
    expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);
    const above = byId.get(span.parentSpanId ?? '');
    if (above === undefined) expect(span).toBe(change);
    else expect(BigInt(span.startTimeUnixNano) >= BigInt(above.startTimeUnixNano) - 5_000_000n).toBe(true);
  }
  const all = collector.requests.map(({ body }) => body.toString()).join('\n');
  for (const secret of [PRIVATE, HEADER, '/records', cwd, ...Object.values(cluster.env)])
    expect(all.includes(secret), secret).toBe(false);
  expect(`${ended.stdout}${ended.stderr}`).not.toContain(HEADER);
});

test('a job that another run carries out goes on with the trace of its change', async () => {
  const cluster = await startCluster();
  const collector = await Collector.start();
  const cwd = temporaryDirectory();
  const env = environment(cluster, {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.endpoint}/here`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  const first = await monitor(cwd, env, '3s');
  await makeFile(cluster.client, '/records', 'a');
  await first.until(/Matched "Takeover-of-ACME lock"/);
  await first.stop();
  const change = only(collector.spans, 'change');
  expect(named(collector.spans, 'action lock')).toEqual([]);
  const second = await monitor(cwd, env, '3s');
  await second.until(/Done "Takeover-of-ACME lock", lock/);
  await second.stop();
  const lock = only(collector.spans, 'action lock');
  const job = collector.spans.find(({ spanId }) => spanId === lock.parentSpanId);
  expect([lock.traceId, job?.parentSpanId]).toEqual([change.traceId, change.spanId]);
  expect(collector.requests[0]?.path).toBe('/here');
  expect(collector.resource).toMatchObject({ 'service.name': 'qwarden' });
});

test('without the variables nothing of it is loaded; with them, protobuf is spoken; a collector that is away costs nothing but the traces', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  const seen = join(cwd, 'loaded.txt');
  const hook = join(cwd, 'hook.mjs');
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
import { appendFileSync } from 'node:fs';
registerHooks({ resolve: (specifier, context, next) => {
  appendFileSync(${JSON.stringify(seen)}, specifier + '\\n');
  return next(specifier, context);
} });\n`,
  );
  const loaded = () => readFileSync(seen, 'utf8');
  const NODE_OPTIONS = `--import=${hook}`;
  const without = await monitor(cwd, environment(cluster, { NODE_OPTIONS, OTEL_SERVICE_NAME: 'x' }));
  expect((await without.stop()).code).toBe(0);
  expect(loaded()).toContain('@qwarden/engine');
  expect(loaded()).not.toContain('opentelemetry');

  const collector = await Collector.start();
  const asked = { NODE_OPTIONS, OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
  const withThem = await monitor(cwd, environment(cluster, asked));
  await makeFile(cluster.client, '/records', 'b');
  await withThem.until(/Done "Takeover-of-ACME lock", lock/);
  await withThem.stop();
  expect(loaded()).toContain('@opentelemetry/sdk-trace');
  const [request] = collector.requests;
  expect(request?.headers['content-type']).toBe('application/x-protobuf');
  expect(request?.body.includes('action lock')).toBe(true);

  // Port 9, discard: nobody listens there.
  const away = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '300' };
  const alone = await monitor(cwd, environment(cluster, { ...away, OTEL_BSP_SCHEDULE_DELAY: '100' }));
  await makeFile(cluster.client, '/records', 'c');
  await alone.until(/Done "Takeover-of-ACME lock", lock/);
  await alone.until(/Traces cannot be delivered/);
  const ended = await alone.stop();
  expect(ended.code).toBe(0);
  await eventually(() => expect(`${ended.stdout}${ended.stderr}`).toMatch(/\d+ of \d+ spans of traces were not deliv/));
});
