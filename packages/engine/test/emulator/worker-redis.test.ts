import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openQueueReader } from '../../src/open-queue.ts';
import { LiveMonitor } from '../support/live-monitor.ts';
import { redisMissing, RedisServer } from '../support/redis-server.ts';
import { traced } from '../support/traced.ts';

const LOCK = `
version: 1
rules: [{ name: keep, on: [created], settle: 0s, do: [{ lock: { retention: 1d } }] }]
`;
const RENAME = `
version: 1
rules: [{ name: stamp, on: [created], where: { under: /w, not: { name: 'done-*' } }, settle: 0s, do: [{ rename: { to: 'done-{{name}}' } }] }]
`;

function ids(span: ReadableSpan | undefined) {
  const { traceId, spanId } = span?.spanContext() ?? {};
  return { traceId: traceId ?? 'none', spanId };
}

async function machines() {
  const server = await RedisServer.open('--appendfsync', 'everysec');
  const watcher = await LiveMonitor.open('/w', '/other');
  const worker = LiveMonitor.beside(watcher);
  onTestFinished(async () => {
    await worker.dispose();
    await watcher.dispose();
    await server.close();
  });
  return { server, watcher, worker };
}

describe.skipIf(redisMissing())('a worker over Redis', () => {
  it.each(['before', 'after'])(
    'acts for the directory of the watcher, whatever it was given itself, started %s it',
    async (order) => {
      const { server, watcher, worker } = await machines();
      const redisUrl = server.url;
      const startWorker = () => worker.start('', { redisUrl, role: 'worker', ref: '/other', recursive: false });
      if (order === 'before') await startWorker();
      await watcher.start(LOCK, { redisUrl, role: 'watcher', ref: '/w' });
      if (order === 'after') await startWorker();
      watcher.create('/w/file');
      await worker.until(() => worker.of('done').length + worker.of('gone').length > 0);
      expect(worker.of('done').map(({ path }) => path)).toEqual(['/w/file']);
      const reader = await openQueueReader(redisUrl);
      onTestFinished(() => reader.close());
      // What the worker was given is no watch, and stands nowhere.
      const [watch, ...others] = await reader.watches();
      expect([watch?.path, watch?.recursive, others]).toEqual(['/w', true, []]);
      const [lock] = await reader.locks.find(worker.of('done')[0]?.fileId ?? '');
      expect(lock).toMatchObject({ directoryId: watch?.directoryId, state: 'locked' });
    },
  );

  it.each(['watcher', 'worker'] as const)(
    'ends when the queue is away, and says that it did not wait: a %s',
    async (role) => {
      const { server, watcher, worker } = await machines();
      const redisUrl = server.url;
      await worker.start('', { redisUrl, role: 'worker' });
      await watcher.start(LOCK, { redisUrl, role: 'watcher', ref: '/w' });
      const live = role === 'watcher' ? watcher : worker;
      await server.kill();
      watcher.create('/w/file');
      await live.until(() => live.of('store').some(({ state }) => state === 'away'));
      live.pace = 100;
      await live.stop();
      expect(live.of('store').map(({ state }) => state)).toContain('left');
      // The other one goes on when it is back, and knows that it was away although it had nothing to do.
      const other = role === 'watcher' ? worker : watcher;
      await other.until(() => other.of('store').some(({ state }) => state === 'away'));
      await server.start();
      await other.until(() => other.of('store').some(({ state }) => state === 'back'));
    },
  );

  it('goes on with the trace that its watcher has begun', async () => {
    const { server, watcher, worker } = await machines();
    const redisUrl = server.url;
    const [decided, carriedOut] = [traced(), traced()];
    await worker.start('', { redisUrl, role: 'worker', tracing: carriedOut.tracing });
    await watcher.start(LOCK, { redisUrl, role: 'watcher', ref: '/w', tracing: decided.tracing });
    watcher.create('/w/file');
    await worker.until(() => worker.of('done').length > 0);
    await worker.stop();
    await watcher.stop();
    for (const { tracing } of [decided, carriedOut]) await tracing.close();
    const change = decided.spans.find(({ name }) => name === 'change');
    const job = carriedOut.spans.find(({ name }) => name === 'job');
    const action = carriedOut.spans.find(({ name }) => name === 'action lock');
    expect(job?.parentSpanContext).toMatchObject(ids(change));
    expect(action?.parentSpanContext).toMatchObject(ids(job));
  });

  it('that has not the actions of a rule set says so, and which', async () => {
    const { server, watcher, worker } = await machines();
    const redisUrl = server.url;
    await watcher.start(RENAME, { redisUrl, role: 'watcher' });
    await worker.start('', { redisUrl, role: 'worker', actions: () => ({}) });
    watcher.create('/w/file');
    await worker.until(() => worker.of('failed').length > 0);
    expect(worker.of('failed')[0]?.reason).toMatch(/There is no action "rename".*--actions/);
  });
});
