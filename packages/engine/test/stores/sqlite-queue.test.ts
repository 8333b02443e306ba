import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';
import { openSqliteQueueReader } from '../../src/stores/sqlite/queue/queue-reader.ts';
import { queueStoreContract } from '../contract/queue-store.contract.ts';
import { all, arm, arming, attempt, batch, commit, event, type OpenQueue } from '../contract/queue-store.fixtures.ts';
import { FakeClock } from '../support/fake-clock.ts';

const open =
  (syncInBackground: boolean): OpenQueue =>
  async (bounds) => {
    const directory = mkdtempSync(join(tmpdir(), 'qwarden-queue-'));
    const clock = new FakeClock();
    const again = async () => await openSqliteQueue(directory, { clock, bounds, groupWaitMs: 0, syncInBackground });
    let store = await again();
    return {
      clock,
      get store() {
        return store;
      },
      async reopen() {
        // What is not committed is dropped: to those who open it next this is what a killed process leaves behind.
        await store.close();
        store = await again();
        return store;
      },
      async dispose() {
        await store.close();
        rmSync(directory, { recursive: true });
      },
    };
  };

queueStoreContract('the queue in SQLite', open(true), { runs: 60 });
queueStoreContract('the queue in SQLite, synced with each commit', open(false), { runs: 5 });

describe('reading beside the program', () => {
  it('sees what is committed, and no more', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'qwarden-queue-'));
    const clock = new FakeClock();
    await expect(openSqliteQueueReader(join(directory, 'none'))).rejects.toMatchObject({ kind: 'missing' });
    const store = await openSqliteQueue(directory, { clock, groupWaitMs: 0 });
    const reader = await openSqliteQueueReader(directory);
    try {
      await store.log.append(batch(1, [event('7')]));
      await store.log.append(batch(2, [event('7')]));
      const [entry] = await store.log.read(0, '', 1);
      const armed = arming({ dueAt: 10 });
      await commit(store, { position: entry?.position ?? '', arm: [armed] });
      await store.keepRuleSet('h', 'rules', 1);
      const [job] = await store.jobs.take(10, 1);
      if (job === undefined) throw new Error('one was due');
      await store.jobs.stepDone(job, { step: 1, path: job.path }, attempt(job));
      expect(await all(reader.log.history({}))).toEqual(await all(store.log.history({})));
      expect(await reader.log.lag()).toEqual(await store.log.lag());
      expect(await reader.jobs.counts(20)).toEqual({ waiting: 0, due: 1, running: 0, dead: 0, parked: 0 });
      expect(await all(reader.jobs.list({}))).toEqual([await reader.jobs.find(job.key)]);
      expect(await reader.jobs.find(job.key)).toMatchObject({ step: 1, state: 'waiting' });
      expect(await all(reader.traces.matches({}))).toEqual(await all(store.traces.matches({})));
      expect(await reader.traces.attempts(job.match)).toEqual([attempt(job)]);
      expect(await reader.ruleSet('h')).toBe('rules');
      await arm(store, { fileId: '8' });
      expect(await all(reader.jobs.list({}))).toHaveLength(2);
      await reader.close();
      await expect(reader.jobs.find('x')).rejects.toMatchObject({ name: 'StateError', kind: 'closed' });
    } finally {
      await reader.close();
      await store.close();
      rmSync(directory, { recursive: true });
    }
  });

  it('is for one writer at a time', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'qwarden-queue-'));
    const clock = new FakeClock();
    const store = await openSqliteQueue(directory, { clock });
    const second = openSqliteQueue(directory, { clock });
    const refused = expect(second).rejects.toMatchObject({ kind: 'in-use', pid: process.pid });
    await clock.advance(3000);
    await refused;
    await store.close();
    rmSync(directory, { recursive: true });
  });
});
