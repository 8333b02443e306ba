import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptRecord, type LockRecord, type LockRecordQuery } from '../../src/ledger/lock-record.ts';
import type { JobEnd, QueueStore, RuleJob } from '../../src/queue/port.ts';
import { all, arm, arming, attempt, commit, only, type OpenQueue, type QueueHarness } from './queue-store.fixtures.ts';

const DONE: JobEnd = { kind: 'done' };
/** A lone surrogate, a NUL, quotes, line breaks. */
const HOSTILE = `"'\\\n\r\t%s 😀 \ud83d|\udc00 \0`;

export function lockRecord(more: Partial<LockRecord> = {}): LockRecord {
  const { fileId = '7' } = more;
  return {
    fileId,
    directoryId: '3',
    path: `/records/${fileId}`,
    state: 'locked',
    how: 'created',
    retentionPeriod: '2031-01-01T00:00:00Z',
    legalHold: false,
    creationTime: '2026-01-01T00:00:00.123456789Z',
    links: 1,
    recordedAt: 5000.5,
    seenAt: 1000.25,
    dueAt: 2000,
    lockedAt: 5000.5,
    attempts: 1,
    lastError: null,
    note: null,
    rule: 'lock',
    ruleSet: 'set-1',
    why: 'rule "lock": 7y',
    ...more,
  };
}

/** What every queue store promises of the ledger of retention locks, and of what else is asked about the past. */
export function lockLedgerContract(open: OpenQueue, runs: number): void {
  describe('the ledger', () => {
    let harness: QueueHarness;
    let store: QueueStore;
    beforeEach(async () => {
      harness = await open();
      store = harness.store;
    });
    afterEach(async () => {
      await harness.dispose();
    });
    const reopen = async () => {
      store = await harness.reopen();
    };
    const take = async (): Promise<RuleJob> => await only(store.jobs.take(harness.clock.now(), 10));
    const begin = async (fileId = '7'): Promise<RuleJob> => {
      await arm(store, { fileId });
      return await take();
    };
    const write = async (record: LockRecord): Promise<void> => {
      await store.jobs.finish(await begin(record.fileId), DONE, undefined, record);
    };
    const paths = async (query: LockRecordQuery) => (await all(store.locks.list(query))).map(({ path }) => path).sort();

    it('gets its records with the end of a step, or of the job, and has them over a crash', async () => {
      const job = await begin();
      const first = lockRecord({ state: 'already-locked', lockedAt: null });
      await store.jobs.stepDone(job, { step: 1, path: job.path, ledger: first }, attempt(job));
      expect(await store.locks.find('7')).toEqual([first]);
      await reopen();
      expect(await store.locks.find('7')).toEqual([first]);
      const again = await take();
      expect(again.step).toBe(1);
      const second = lockRecord({ state: 'locked', retentionPeriod: '2033-01-01T00:00:00Z' });
      await store.jobs.finish(again, DONE, attempt(again), second);
      await reopen();
      expect(await all(store.locks.list({}))).toEqual([second]);
      expect(await store.locks.find('70')).toEqual([]);
    });

    it('gets none from a worker that has lost its job', async () => {
      const old = await begin();
      await store.jobs.release(old);
      const job = await take();
      await store.jobs.stepDone(old, { step: 1, path: old.path, ledger: lockRecord() }, attempt(old));
      await store.jobs.finish(old, DONE, undefined, lockRecord());
      expect(await store.locks.find('7')).toEqual([]);
      await store.jobs.finish(job, DONE, undefined, lockRecord({ note: 'the second worker' }));
      await store.jobs.finish(job, DONE, undefined, lockRecord({ note: 'the second worker, late' }));
      expect((await only(store.locks.find('7'))).note).toBe('the second worker');
    });

    it('keeps every field and every state, whatever the names', async () => {
      const states = ['locked', 'already-locked', 'skipped', 'forgotten', 'failed'] as const;
      const hows = ['created', 'moved-in', 'renamed', 'linked', 'catch-up', 'existing', 'changed'] as const;
      const ids = ['7', '18446744065119617025', '007', HOSTILE, '\0'];
      const records = ids.map((fileId, n) =>
        lockRecord({
          fileId,
          directoryId: n === 3 ? HOSTILE : '18446744065119617026',
          path: `/${n}/${HOSTILE}`,
          state: states[n] ?? 'failed',
          how: hows[n] ?? 'changed',
          retentionPeriod: n === 1 ? null : '2031-01-01T00:00:00Z',
          legalHold: n === 1,
          creationTime: n === 2 ? null : '2026-01-01T00:00:00.1Z',
          links: n,
          dueAt: n === 0 ? null : 5.125,
          lockedAt: n === 0 ? 77.5 : null,
          lastError: n === 4 ? HOSTILE : null,
          note: n === 2 ? HOSTILE : null,
          rule: `${n}${HOSTILE}`,
          ruleSet: HOSTILE,
          why: `rule "${HOSTILE}"`,
        }),
      );
      for (const record of records) await write(record);
      await reopen();
      const byPath = (list: readonly LockRecord[]) => list.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      expect(byPath(await all(store.locks.list({})))).toEqual(byPath(records));
      for (const record of records) expect(await store.locks.find(record.fileId)).toEqual([record]);
      for (const record of records) expect(await all(store.locks.list({ under: record.path }))).toEqual([record]);
    });

    it('has one record for each watch of a file', async () => {
      await write(lockRecord({ directoryId: '3' }));
      await write(lockRecord({ directoryId: '4', path: '/other' }));
      await write(lockRecord({ fileId: '70', directoryId: '3' }));
      expect((await store.locks.find('7')).map(({ directoryId }) => directoryId)).toEqual(['3', '4']);
      expect(await all(store.locks.list({ fileId: '7' }))).toHaveLength(2);
    });

    it('is listed by state, place, legal hold and end', async () => {
      await write(lockRecord({ fileId: '1', path: '/a/b', legalHold: true }));
      await write(lockRecord({ fileId: '2', path: '/a/bc', retentionPeriod: '2035-01-01T00:00:00Z' }));
      await write(lockRecord({ fileId: '3', path: '/a/b/c', state: 'already-locked', retentionPeriod: null }));
      await write(lockRecord({ fileId: '4', path: '/a/b!', state: 'skipped', retentionPeriod: null }));
      expect(await paths({})).toEqual(['/a/b', '/a/b!', '/a/b/c', '/a/bc']);
      expect(await paths({ states: ['locked', 'skipped'] })).toEqual(['/a/b', '/a/b!', '/a/bc']);
      expect(await paths({ states: [] })).toEqual([]);
      expect(await paths({ under: '/a/b' })).toEqual(['/a/b', '/a/b/c']);
      expect(await paths({ under: '/a/b/' })).toEqual(['/a/b', '/a/b/c']);
      expect(await paths({ under: '/' })).toHaveLength(4);
      expect(await paths({ legalHold: true })).toEqual(['/a/b']);
      expect(await paths({ legalHold: false, under: '/a/b' })).toEqual(['/a/b/c']);
      expect(await paths({ until: '2031-01-01T00:00:00Z' })).toEqual(['/a/b']);
      expect(await paths({ after: '2031-01-01T00:00:01Z' })).toEqual(['/a/bc']);
    });

    it('is listed although it is long, each record once', async () => {
      const count = 1100;
      await commit(store, { arm: Array.from({ length: count }, (_, n) => arming({ fileId: String(n) })) });
      const jobs = await store.jobs.take(harness.clock.now(), count);
      await Promise.all(
        jobs.map((job) => store.jobs.finish(job, DONE, undefined, lockRecord({ fileId: job.fileId, path: job.path }))),
      );
      const listed = await all(store.locks.list({}));
      expect(listed).toHaveLength(count);
      expect(new Set(listed.map(({ fileId }) => fileId)).size).toBe(count);
    });

    it('forgets what was skipped or gone when it is old, and nothing else', async () => {
      const states = ['locked', 'already-locked', 'skipped', 'forgotten', 'failed'] as const;
      for (const [n, state] of states.entries()) await write(lockRecord({ fileId: String(n), state, recordedAt: 100 }));
      await write(lockRecord({ fileId: '5', state: 'skipped', recordedAt: 200 }));
      await write(lockRecord({ fileId: '6', state: 'skipped', recordedAt: 100 }));
      await write(lockRecord({ fileId: '6', state: 'locked', recordedAt: 100 }));
      expect(await store.locks.prune(200)).toBe(2);
      expect(await paths({})).toEqual([0, 1, 4, 5, 6].map((n) => `/records/${n}`));
      expect(await store.locks.prune(200)).toBe(0);
    });

    it('keeps a retention lock of ours as it was recorded, whatever is met later', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(later, { minLength: 1, maxLength: 6 }), async (steps) => {
          const model = new Map<string, LockRecord>();
          for (const [n, step] of steps.entries()) {
            const next = lockRecord({ ...step, path: `/records/${n}`, note: String(n), recordedAt: n });
            const key = `${next.fileId} ${next.directoryId}`;
            model.set(key, keptRecord(model.get(key), next));
            await write(next);
          }
          const inOrder = (list: Iterable<LockRecord>) =>
            [...list].sort((a, b) => (`${a.fileId} ${a.directoryId}` < `${b.fileId} ${b.directoryId}` ? -1 : 1));
          expect(inOrder(await all(store.locks.list({})))).toEqual(inOrder(model.values()));
          await harness.dispose();
          harness = await open();
          store = harness.store;
        }),
        { numRuns: runs },
      );
    });
  });

  describe('what was before', () => {
    let harness: QueueHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(async () => {
      await harness.dispose();
    });

    it('the watches that were opened, and their epochs', async () => {
      const { store, clock } = harness;
      expect(await store.watches()).toEqual([]);
      const since = clock.now();
      const first = { directoryId: '2', recursive: true, path: `/${HOSTILE}` };
      const second = { directoryId: '2', recursive: false, path: '/b' };
      const log = await store.coverage({ ...first, path: '/earlier' });
      const epoch = await log.openEpoch(100);
      await log.registered(epoch, 110.5);
      await log.ended(epoch, 120, 'silence', 7);
      await clock.advance(1000);
      await store.coverage(second);
      await store.coverage(first);
      const reopened = await harness.reopen();
      const known = await reopened.watches();
      expect(known.map(({ directoryId, recursive }) => [directoryId, recursive])).toEqual([
        ['2', true],
        ['2', false],
      ]);
      expect(known.map((watch) => watch.since)).toEqual([since, since + 1000]);
      expect(known[0]?.path).toBe(first.path);
      expect(await all(reopened.epochs(first))).toMatchObject([
        { openedAt: 100, registeredAt: 110.5, endedAt: 120, endReason: 'silence', events: 7, gapClosedBy: null },
      ]);
      expect(await all(reopened.epochs(second))).toEqual([]);
      expect(await all(reopened.epochs({ ...first, directoryId: '9' }))).toEqual([]);
    });

    it('the rule sets, by when they came into force last', async () => {
      const { store } = harness;
      expect(await store.ruleSets()).toEqual([]);
      await store.keepRuleSet('a', 'A', 100.5);
      await store.keepRuleSet('a', 'A', 150);
      await store.keepRuleSet('b', 'B', 200);
      expect(await store.ruleSets()).toEqual([
        { hash: 'b', since: 200 },
        { hash: 'a', since: 100.5 },
      ]);
      await store.keepRuleSet('a', 'A', 300);
      const reopened = await harness.reopen();
      expect(await reopened.ruleSets()).toEqual([
        { hash: 'a', since: 300 },
        { hash: 'b', since: 200 },
      ]);
      expect(await reopened.ruleSet('a')).toBe('A');
    });

    it('the cluster that it is about, and no other', async () => {
      const { store } = harness;
      await store.claimFor('');
      expect(await store.clusterId()).toBeNull();
      await store.claimFor('one');
      await store.claimFor('one');
      await store.claimFor('');
      await expect(store.claimFor('two')).rejects.toMatchObject({ name: 'StateError', kind: 'other-cluster' });
      expect(await (await harness.reopen()).clusterId()).toBe('one');
    });

    it('and nothing once it is closed', async () => {
      const { store } = harness;
      await store.close();
      const closed = { name: 'StateError', kind: 'closed' };
      await expect(all(store.locks.list({}))).rejects.toMatchObject(closed);
      await expect(store.locks.find('7')).rejects.toMatchObject(closed);
      await expect(store.locks.prune(1)).rejects.toMatchObject(closed);
      await expect(store.watches()).rejects.toMatchObject(closed);
      await expect(all(store.epochs({ directoryId: '2', recursive: true, path: '/' }))).rejects.toMatchObject(closed);
      await expect(store.ruleSets()).rejects.toMatchObject(closed);
      await expect(store.clusterId()).rejects.toMatchObject(closed);
      await expect(store.claimFor('one')).rejects.toMatchObject(closed);
    });
  });
}

const later: fc.Arbitrary<Partial<LockRecord>> = fc.record({
  fileId: fc.constantFrom('1', '2'),
  directoryId: fc.constantFrom('3', '3', '4'),
  state: fc.constantFrom('locked', 'locked', 'already-locked', 'already-locked', 'skipped', 'forgotten', 'failed'),
  retentionPeriod: fc.constantFrom('2031-01-01T00:00:00Z', '2031-01-01T00:00:00Z', '2035-01-01T00:00:00Z', null),
  legalHold: fc.boolean(),
  creationTime: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z', null),
});
