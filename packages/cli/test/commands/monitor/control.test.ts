import type { RuleJob } from '@qwarden/engine';
import { expect, test } from 'vitest';
import { controlHandlers } from '../../../src/commands/monitor/control.ts';
import { RecentLog } from '../../../src/commands/monitor/recent.ts';

const about = {
  pid: 1,
  version: '1',
  startedAt: '2031-01-01T00:00:00.000Z',
  cluster: 'c:8000',
  directory: '/',
  recursive: true,
  rulesFile: '/r.yml',
};

const job = (key: string, state: RuleJob['state']): RuleJob => ({
  key,
  state,
  rule: 'r',
  ruleSet: '',
  fileId: '1',
  path: '/a',
  change: {
    id: '1.0',
    type: 'child_file_added',
    fileId: '1',
    path: '/a',
    movedFrom: null,
    kind: 'file',
    stream: null,
    at: 0,
    lineage: 0,
  },
  match: '1.0/r',
  armedAt: 0,
  changedAt: 0,
  settleMs: 0,
  dueAt: null,
  step: 0,
  attempts: 1,
  outputs: {},
  causes: [],
  lastError: null,
});

test('dead.… does nothing to a job that has come to life again meanwhile', async () => {
  const jobs = new Map(
    [job('dead', 'dead'), job('parked', 'parked'), job('waiting', 'waiting')].map((one) => [one.key, one]),
  );
  const done: string[] = [];
  const handlers = controlHandlers({
    monitor: {
      status: () => Promise.reject(new Error('not in this test')),
      running: () => Promise.resolve(['waiting']),
      job: (key) => Promise.resolve(jobs.get(key)),
      retry: (key) => Promise.resolve(done.push(`retry ${key}`) > 0),
      cancel: (key, why) => Promise.resolve(done.push(`${why.split(' ')[0]} ${key}`) > 0),
    },
    recent: { errors: [], reload: null, storeAway: undefined },
    about,
    reload: () => Promise.resolve(true),
  });
  const keys = ['dead', 'parked', 'waiting', 'gone'];
  expect(await handlers['dead.retry']({ keys })).toEqual({ changed: ['dead', 'parked'] });
  expect(await handlers['dead.discard']({ keys })).toEqual({ changed: ['dead', 'parked'] });
  expect(await handlers['jobs.cancel']({ keys: ['waiting'] })).toEqual({ changed: ['waiting'] });
  expect(done.toSorted()).toEqual([
    'cancelled waiting',
    'discarded dead',
    'discarded parked',
    'retry dead',
    'retry parked',
  ]);
});

test('what somebody who looks in later should see is remembered: the last errors, the last reload', () => {
  const passed: string[] = [];
  const recent = new RecentLog(
    { log: ({ text }) => void passed.push(text), banner: () => undefined },
    () => new Date('2031-01-01T00:00:00Z'),
  );
  for (let n = 1; n <= 12; n += 1) recent.log({ level: 'ERROR', kind: 'failed', text: `no ${n}` });
  recent.log({ level: 'INFO', kind: 'done', text: 'fine' });
  recent.log({ level: 'INFO', kind: 'rules-loaded', text: 'loaded' });
  expect(recent.errors.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, n) => `no ${n + 3}`));
  expect(recent.reload).toEqual({ at: '2031-01-01T00:00:00.000Z', kind: 'rules-loaded', text: 'loaded' });
  recent.log({ level: 'ERROR', kind: 'rules-broken', text: 'broken' });
  expect(recent.reload?.text).toBe('broken');
  expect(passed).toHaveLength(15);
});

test('while the store is away it says so, and does not wait for it', async () => {
  const recent = new RecentLog({ log: () => undefined, banner: () => undefined });
  const handlers = controlHandlers({
    monitor: {
      status: () => Promise.reject(new Error('the store was asked')),
      running: () => Promise.resolve([]),
      job: () => Promise.resolve(undefined),
      retry: () => Promise.resolve(false),
      cancel: () => Promise.resolve(false),
    },
    recent,
    about,
    reload: () => Promise.resolve(true),
  });
  recent.log({ level: 'WARNING', kind: 'store', text: 'Redis is away.', fields: { state: 'away' } });
  await expect(handlers.status({})).rejects.toThrow('Redis is away.');
  recent.log({ level: 'INFO', kind: 'store', text: 'Redis is back.', fields: { state: 'back' } });
  await expect(handlers.status({})).rejects.toThrow('the store was asked');
});
