import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFile, startCluster } from './support/cluster.ts';
import { attributesOf, type CollectedSpan, Collector } from './support/collector.ts';
import { recordLoaded } from './support/loaded.ts';
import { start, temporaryDirectory } from './support/qwarden.ts';

/** Stands wherever a user's text can stand. */
const PRIVATE = 'Takeover-of-ACME';
const HEADER = 'Collector-Secret-5e1';

const RULES = `
version: 1
rules:
  - name: ${PRIVATE} lock
    on: [created]
    where: { under: /records }
    settle: 0s
    do: [{ tag: { set: { ${PRIVATE}: ${PRIVATE} } } }, { lock: { retention: 7d } }]
  - name: ${PRIVATE} note
    on: [created]
    where: { under: /records }
    settle: 0s
    do: [{ log: {} }]
`;

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
  writeFileSync(join(cwd, 'rules.yml'), RULES);
  const loads = recordLoaded(cwd);
  const env = {
    ...cluster.env,
    ...loads.env,
    QWARDEN_RULES: 'rules.yml',
    QWARDEN_STORE: 'sqlite:state',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${HEADER}`,
    OTEL_SERVICE_NAME: 'records-keeper',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  };
  const running = start(['monitor'], { cwd, env });
  await running.until(/Listening for change notifications/);
  cluster.emulator.faults.add({ operation: 'PATCH /v1/files/{ref}/file-lock', times: 1, fail: { status: 503 } });
  const file = await makeFile(cluster.client, '/records', `${PRIVATE}.pdf`);
  await running.until(/Done "Takeover-of-ACME lock", lock/);
  const ended = await running.stop();
  expect(ended.code).toBe(0);
  // Without the variables nothing of it is (metrics.test.ts).
  expect(loads.loaded()).toContain('@opentelemetry/sdk-trace');

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
  // Everything hangs below the change, and begins no earlier than what it is a part of, but for some milliseconds of the clock.
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const begin = ({ startTimeUnixNano }: CollectedSpan) => BigInt(startTimeUnixNano);
  const odd = spans.filter((span) => {
    const above = byId.get(span.parentSpanId ?? '');
    if (BigInt(span.endTimeUnixNano) < begin(span)) return true;
    return above === undefined ? span !== change : begin(span) < begin(above) - 5_000_000n;
  });
  expect(odd).toEqual([]);
  const all = collector.requests.map(({ body }) => body.toString()).join('\n');
  for (const secret of [PRIVATE, HEADER, '/records', cwd, ...Object.values(cluster.env)])
    expect(all.includes(secret), secret).toBe(false);
  expect(`${ended.stdout}${ended.stderr}`).not.toContain(HEADER);
});
