import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/stores/sqlite/schema.ts';
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

describe('the queue in SQLite', () => {
  queueStoreContract(open(true), { runs: 40 });
});
describe('the queue in SQLite, synced with each commit', () => {
  queueStoreContract(open(false), { runs: 5 });
});

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

  it('counts the events of an epoch that goes on, and of one whose process was killed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'qwarden-queue-'));
    const options = { clock: new FakeClock(), groupWaitMs: 0 };
    let store = await openSqliteQueue(directory, options);
    const reader = await openSqliteQueueReader(directory);
    const watch = { directoryId: '2', recursive: true, path: '/' };
    const counts = async () => (await all(reader.epochs(watch))).map(({ events, endReason }) => [events, endReason]);
    try {
      const coverage = await store.coverage(watch);
      const epoch = await coverage.openEpoch(1);
      await coverage.registered(epoch, 2);
      await store.log.append({ ...batch(3, [event('7'), event('8')]), epoch });
      await store.log.append({ ...batch(4, [event('9')]), epoch, source: 'catch-up' });
      expect(await counts()).toEqual([[2, null]]);
      await store.close();
      store = await openSqliteQueue(directory, options);
      await store.coverage(watch);
      expect(await counts()).toEqual([[2, 'killed']]);
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
    const refused = second.catch((error: unknown) => error);
    await clock.advance(3000);
    expect(await refused).toMatchObject({ kind: 'in-use', pid: process.pid });
    await store.close();
    rmSync(directory, { recursive: true });
  });
});

describe('traces in SQLite', () => {
  it('are found as before when rows of few were joined, and are still dealt with once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'qwarden-queue-'));
    const clock = new FakeClock();
    const store = await openSqliteQueue(directory, { clock, groupWaitMs: 0 });
    try {
      const armed = Array.from({ length: 700 }, (_, n) =>
        arming({
          fileId: String(n % 7),
          at: 1000 + (n % 50),
          match: `${n}.0/lock`,
          path: `/watched/p${n % 11}`,
          mode: 'single',
        }),
      );
      for (const one of armed.slice(0, 300)) await commit(store, { arm: [one] });
      await commit(store, { arm: armed.slice(300, 600) });
      for (const one of armed.slice(600)) await commit(store, { arm: [one] });
      const before = await all(store.traces.matches({}));
      const rows = () => {
        const db = new DatabaseSync(join(directory, 'qwarden.sqlite'), { readOnly: true });
        const count = db.prepare('SELECT count(*) AS n FROM trace_block').get()?.['n'];
        db.close();
        return count;
      };
      expect(rows()).toBe(401);
      expect(await store.traces.prune(0)).toBe(0);
      // The first ones as one row, the many as they were, and those that wait for more.
      expect(rows()).toBe(102);
      expect(await all(store.traces.matches({}))).toEqual(before);
      expect(await all(store.traces.matches({ fileId: '3', path: '/watched/p4' }))).toEqual(
        before.filter(({ change: { fileId, path } }) => fileId === '3' && path === '/watched/p4'),
      );
      await commit(store, { arm: armed });
      expect(await all(store.traces.matches({}))).toEqual(before);
      const live = new Set((await all(store.jobs.list({}))).map(({ match }) => match));
      expect(await store.traces.prune(1025)).toBe(
        before.filter(({ at, match }) => at < 1025 && !live.has(match)).length,
      );
    } finally {
      await store.close();
      rmSync(directory, { recursive: true });
    }
  });

  it('of a file of the version before are taken over', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'qwarden-queue-'));
    const clock = new FakeClock();
    const db = new DatabaseSync(join(directory, 'qwarden.sqlite'));
    for (const step of MIGRATIONS.slice(0, 2)) db.exec(step);
    const { trace } = arming({ fileId: '7', path: '/watched/ü' });
    const { match, at, rule, ruleSet, change, conditions, job } = trace;
    const [file, text] = [change.fileId, JSON.stringify(change)];
    db.prepare(
      `INSERT INTO match_trace (match, at, rule, rule_set, file_id, path, change, conditions, verdict, job) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'armed', ?)`,
    ).run(match, at, rule, ruleSet, file, change.path, text, conditions, job);
    db.exec('PRAGMA user_version = 2');
    db.close();
    const store = await openSqliteQueue(directory, { clock, groupWaitMs: 0 });
    try {
      expect(await all(store.traces.matches({ path: '/watched/ü' }))).toEqual([{ ...trace, verdict: 'armed' }]);
      expect(await store.traces.prune(at + 1)).toBe(1);
    } finally {
      await store.close();
      rmSync(directory, { recursive: true });
    }
  });
});
