import { expect, test } from 'vitest';
import { Health } from '../../src/metrics/health.ts';
import type { MonitorEvent } from '../../src/monitor/events.ts';

const at = '2031-01-01T00:00:00.000Z';
const listening: MonitorEvent = { kind: 'listening', at, path: '/', directoryId: '2', recursive: true, epoch: 1 };
const ended: MonitorEvent = { kind: 'stream-ended', at, reason: 'reset', message: null };
const retry: MonitorEvent = { kind: 'stream-retry', at, attempt: 9, delayMs: 30_000, reason: 'no route' };
const refused: MonitorEvent = { kind: 'refused', at, what: 'login', reason: 'r', remedy: 'm', retryInMs: 1 };
const store = (state: 'away' | 'back' | 'careless'): MonitorEvent => ({ kind: 'store', at, state, message: 'm' });

function after(role: 'all' | 'worker', ...events: MonitorEvent[]) {
  const health = new Health(role);
  for (const event of events) health.told(event);
  return [health.live, health.ready];
}

test('a watcher is ready once its stream was open, and while it opens it again', () => {
  expect(after('all')).toEqual([undefined, 'the stream was never open yet']);
  expect(after('all', retry)).toEqual([undefined, 'the stream was never open yet']);
  expect(after('all', listening)).toEqual([undefined, undefined]);
  expect(after('all', listening, ended, retry, retry)).toEqual([undefined, undefined]);
});

test('what a person has to put right is no work being done, and no reason for a restart', () => {
  expect(after('all', listening, ended, refused)).toEqual([undefined, 'the cluster refuses the login']);
  expect(after('all', listening, refused, { ...refused, what: 'watch' })).toEqual([
    undefined,
    'the cluster refuses the watch',
  ]);
  expect(after('all', refused, retry)).toEqual([undefined, 'the cluster refuses the login']);
  expect(after('all', refused, listening)).toEqual([undefined, undefined]);
});

test('a worker is ready when it works; it needs the store, and nobody else does it for it', () => {
  const working: MonitorEvent = { kind: 'working', at, message: 'm' };
  expect(after('worker')).toEqual([undefined, 'it has not begun to work yet']);
  expect(after('worker', working, store('careless'))).toEqual([undefined, undefined]);
  expect(after('worker', working, store('away'))).toEqual([undefined, 'the store cannot be reached']);
  expect(after('worker', working, store('away'), store('back'))).toEqual([undefined, undefined]);
});

test('a login that was refused to a job counts as good again when a job is done with it', () => {
  const working: MonitorEvent = { kind: 'working', at, message: 'm' };
  const recovered = (target: string): MonitorEvent => ({ kind: 'recovered', at, target, message: 'm' });
  const bad = [undefined, 'the cluster refuses the login'];
  expect(after('worker', working, refused)).toEqual(bad);
  expect(after('worker', working, refused, recovered('host:mail.example.com:25'))).toEqual(bad);
  expect(after('worker', working, refused, recovered('cluster'))).toEqual([undefined, undefined]);
  expect(after('all', listening, refused, recovered('cluster'))).toEqual([undefined, undefined]);
  expect(after('all', listening, { ...refused, what: 'watch' }, recovered('cluster'))).toEqual([
    undefined,
    'the cluster refuses the watch',
  ]);
});

test('one that ends is not ready; one that has failed is to be restarted', () => {
  const draining: MonitorEvent = { kind: 'draining', at, inFlight: 0, waiting: 0 };
  expect(after('all', listening, draining)).toEqual([undefined, 'it is stopping']);
  const failed = 'it has failed and is ending';
  expect(after('all', listening, { kind: 'fatal', at, reason: 'r', remedy: 'm' }, draining)).toEqual([failed, failed]);
  expect(after('all', listening, { kind: 'watch-removed', at, path: '/in' })).toEqual([failed, failed]);
});
