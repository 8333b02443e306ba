import type { JobFilter, QueueReader, RuleJob } from '@qwarden/engine';
import { expect, test } from 'vitest';
import { withWhatRuns } from '../../src/look/running.ts';

const jobs = ['runs', 'due', 'dead'].map((key) => {
  const job: Pick<RuleJob, 'key' | 'state'> = { key, state: key === 'dead' ? 'dead' : 'waiting' };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest of it is not looked at
  return job as RuleJob;
});

/** As a process sees it that only reads the file. */
const inFile: QueueReader['jobs'] = {
  counts: () => Promise.resolve({ waiting: 0, due: 2, running: 0, dead: 1, parked: 0 }),
  async *list({ states }) {
    yield* jobs.filter(({ state }) => states?.includes(state) !== false);
  },
  find: (key) => Promise.resolve(jobs.find((job) => job.key === key)),
};

const list = async (of: QueueReader['jobs'], filter: JobFilter) => {
  const found: string[] = [];
  for await (const { key, state } of of.list(filter)) found.push(`${key} ${state}`);
  return found;
};

test('what runs is what the monitor says, for lists, counts and single jobs', async () => {
  let asked = 0;
  const seen = withWhatRuns(inFile, '/state', () => {
    asked += 1;
    return Promise.resolve(new Set(['runs', 'ended meanwhile']));
  });
  expect(await list(seen, {})).toEqual(['runs running', 'due waiting', 'dead dead']);
  expect(await list(seen, { states: ['running'] })).toEqual(['runs running']);
  expect(await list(seen, { states: ['waiting'] })).toEqual(['due waiting']);
  expect(await list(seen, { states: ['dead', 'running'], limit: 1 })).toEqual(['runs running']);
  expect(await seen.find('runs')).toMatchObject({ state: 'running' });
  expect(await seen.find('due')).toMatchObject({ state: 'waiting' });
  expect(await seen.counts(0)).toEqual({ waiting: 0, due: 0, running: 2, dead: 1, parked: 0 });
  expect(asked).toBe(1);
});

test('Redis knows it by itself', () => {
  expect(withWhatRuns(inFile, 'redis://queue', () => Promise.reject(new Error('not asked')))).toBe(inFile);
});
