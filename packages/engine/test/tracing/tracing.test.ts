import { createServer } from 'node:http';
import { once } from 'node:events';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { systemClock } from '@qwarden/qumulo-client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTracing } from '../../src/open-tracing.ts';
import { idsOfChange } from '../../src/tracing/ids.ts';
import type { Change } from '../../src/events/change.ts';
import type { MadeJob } from '../../src/tracing/port.ts';
import { LiveMonitor } from '../support/live-monitor.ts';
import { traced } from '../support/traced.ts';

const change: Change = {
  id: '1.0',
  type: 'child_file_added',
  fileId: '7',
  path: '/a',
  movedFrom: null,
  kind: 'file',
  stream: null,
  at: 1_900_000_000_000,
  lineage: 0,
};
const jobOf = (id: string): MadeJob => ({
  key: `r\0${id}`,
  match: `${id}/r`,
  rule: 'r',
  ruleSet: 'abc',
  change: { ...change, id },
  fileId: '7',
});

test('a job that another process carries out goes on with the trace of its change', async () => {
  const live = await LiveMonitor.open('/in');
  onTestFinished(() => live.dispose());
  const rules = `version: 1\nrules: [{ name: r, on: created, where: { under: /in }, settle: 1s, do: [{ tag: { set: { a: b } } }] }]\n`;
  const [first, second] = [traced(), traced()];
  await live.start(rules, { tracing: first.tracing });
  live.create('/in/a');
  await live.until(() => live.of('matched').length === 1);
  await live.stop();
  await first.tracing.close();
  await live.start(rules, { tracing: second.tracing });
  await live.done(1);
  await live.stop();
  await second.tracing.close();
  const byName = (spans: ReadableSpan[], name: string) => spans.find((span) => span.name === name);
  const root = byName(first.spans, 'change');
  const job = byName(second.spans, 'job');
  const action = byName(second.spans, 'action tag');
  const call = second.spans.find(({ name }) => name.includes('user-metadata'));
  expect(first.spans.map(({ name }) => name).sort()).toEqual(['change', 'decide']);
  expect(job?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
  expect(action?.parentSpanContext?.spanId).toBe(job?.spanContext().spanId);
  expect(call?.parentSpanContext?.spanId).toBe(action?.spanContext().spanId);
  expect(new Set([...first.spans, ...second.spans].map((span) => span.spanContext().traceId)).size).toBe(1);
  expect(job && job.endTime[0] - job.startTime[0]).toBeLessThan(60);
});

test('a share of the traces is kept, each as a whole, and the same in every process', async () => {
  const watcher = traced(0.5);
  const worker = traced(0.5);
  const jobs = Array.from({ length: 400 }, (_, n) => jobOf(String(n)));
  watcher.tracing.decided(jobs, change.at);
  for (const job of jobs) {
    const make = () => Promise.resolve({ kind: 'done', note: '' } as const);
    await worker.tracing.attempt({ job, action: 'log', step: 0, attempt: 1 }, make);
  }
  await watcher.tracing.close();
  await worker.tracing.close();
  const ids = (spans: ReadableSpan[], name: string) =>
    spans.filter((span) => span.name === name).map((span) => span.spanContext().traceId);
  const kept = ids(watcher.spans, 'change');
  expect(kept.length).toBeGreaterThan(100);
  expect(kept.length).toBeLessThan(300);
  expect(ids(watcher.spans, 'decide')).toEqual(kept);
  expect(ids(worker.spans, 'action log')).toEqual(kept);
  const none = traced(0);
  none.tracing.decided(jobs, change.at);
  await none.tracing.close();
  expect(none.spans).toEqual([]);
});

test('ids are those of one change alone', () => {
  const one = idsOfChange(change);
  expect(one).toEqual({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    rootId: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  for (const other of [{ id: '1.1' }, { at: 1 }, { fileId: '8' }, { type: 'child_file_removed' } as const])
    expect(idsOfChange({ ...change, ...other }).traceId).not.toBe(one.traceId);
  // Nothing that a worker may not know, or that changes on the way.
  expect(idsOfChange({ ...change, path: '/b', undecided: true })).toEqual(one);
});

test('an action that breaks ends its span, and breaks as it would without', async () => {
  const { tracing, spans } = traced();
  const make = () => Promise.reject(new Error('secret'));
  const about = { job: jobOf('1'), action: 'own secret', step: 0, attempt: 1 };
  await expect(tracing.attempt(about, make)).rejects.toThrow('secret');
  await tracing.close();
  expect(spans.map(({ name, status }) => [name, status])).toEqual([['action own', { code: 2 }]]);
});

test('by default protobuf is spoken to the address of the environment', async () => {
  const received: { type: string | undefined; url: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.on('end', () => {
      received.push({ type: request.headers['content-type'], url: request.url, body });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  vi.stubEnv('OTEL_SERVICE_NAME', 'records-keeper');
  onTestFinished(() => void vi.unstubAllEnvs());
  const warnings: string[] = [];
  const tracing = await openTracing(process.env, { version: '1', warn: (text) => warnings.push(text) });
  tracing?.decided([jobOf('1')], change.at);
  await tracing?.close();
  expect(received).toMatchObject([{ type: 'application/x-protobuf', url: '/v1/traces' }]);
  for (const part of ['records-keeper', 'change', 'decide']) expect(received[0]?.body).toContain(part);
  expect(warnings).toEqual([]);
});

test('a collector that is away is told of once, and what is lost is counted; the end waits for nobody', async () => {
  const { tracing, warnings, exporting } = traced();
  exporting.mockImplementation((_, done) => done({ code: 1, error: new Error('connect ECONNREFUSED') }));
  tracing.decided([jobOf('1')], change.at);
  await vi.waitFor(() => expect(warnings).toHaveLength(1));
  tracing.decided([jobOf('2')], change.at);
  await tracing.close();
  expect(warnings).toEqual([
    expect.stringContaining('Traces cannot be delivered: connect ECONNREFUSED'),
    '4 of 4 spans of traces were not delivered.',
  ]);
  const hanging = traced(1, { ...systemClock, sleep: () => Promise.resolve() });
  hanging.exporting.mockImplementation(() => undefined);
  hanging.tracing.decided([jobOf('1')], change.at);
  await hanging.tracing.close();
  expect(hanging.warnings).toEqual(['2 of 2 spans of traces were not delivered.']);
});
