import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import type { LedgerQuery, LedgerRow } from '../../src/index.ts';
import { openLedger } from '../../src/open-ledger.ts';
import type { JobEnd, QueueStore, RuleJob } from '../../src/queue/port.ts';
import { loadRules } from '../../src/rules/load/load-rules.ts';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';
import { MIGRATIONS } from '../../src/stores/sqlite/schema.ts';
import { lockRecord } from '../contract/lock-ledger.contract.ts';
import { all, arm, type ArmOptions, attempt, only } from '../contract/queue-store.fixtures.ts';
import { FakeClock } from '../support/fake-clock.ts';

const RULES = `
version: 1
rules:
  - { name: lock, on: created, do: [{ tag: { set: { a: b } } }, { lock: { retention: 7 y, legal_hold: true } }, { log: {} }] }
  - { name: hold, on: written, mode: parallel, do: [{ lock: { legal_hold: true } }] }
  - { name: tag, on: created, do: [{ tag: { set: { lock: b } } }] }
`;

let stateDir: string;
let clock: FakeClock;
let store: QueueStore;
beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'qwarden-ledger-'));
  clock = new FakeClock();
  store = await openSqliteQueue(stateDir, { clock, groupWaitMs: 0 });
});
afterEach(async () => {
  await store.close();
  rmSync(stateDir, { recursive: true });
});

/** Keeps it as a monitor does that loads it; its hash. */
async function keep(rules: string, now = 100): Promise<string> {
  const loaded = loadRules(rules, { source: 'rules.yml', catalog: builtinActions });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  await store.keepRuleSet(loaded.ruleSet.hash, loaded.ruleSet.text, now);
  return loaded.ruleSet.hash;
}

async function end(options: ArmOptions, how: JobEnd | 'step', note = ''): Promise<RuleJob> {
  await arm(store, { ...options, dueAt: 0 });
  const job = await only(store.jobs.take(0, 10));
  if (how === 'step') {
    await store.jobs.stepDone(job, { step: 1, path: job.path }, attempt(job));
    await store.jobs.release(job);
  } else await store.jobs.finish(job, how, attempt(job, { outcome: 'failed', note }));
  return job;
}

async function listed(query?: LedgerQuery): Promise<readonly LedgerRow[]> {
  const ledger = await openLedger(stateDir);
  try {
    return await all(ledger.list(query));
  } finally {
    await ledger.close();
  }
}

const names = async (query?: LedgerQuery) =>
  (await listed(query)).map(({ state, path }) => `${state} ${path}`).toSorted();

describe('the ledger of a monitor', () => {
  it('has as pending what is still to get its retention lock, and why', async () => {
    const ruleSet = await keep(RULES);
    await arm(store, { ruleSet, fileId: '1', path: '/w/a', at: 1000, dueAt: 5000 });
    await arm(store, { ruleSet, fileId: '2', path: '/w/b', rule: 'tag' });
    await arm(store, { ruleSet, fileId: '3', path: '/w/c', rule: 'hold', key: 'hold\x003#1.0' });
    await arm(store, { ruleSet: 'lost', fileId: '4', path: '/w/d' });
    expect(await listed({ fileId: '1' })).toEqual([
      {
        fileId: '1',
        path: '/w/a',
        state: 'pending',
        retentionPeriod: null,
        legalHold: false,
        why: 'rule "lock": 7y, legal hold',
        how: 'changed',
        seenAt: new Date(1000).toISOString(),
        dueAt: new Date(5000).toISOString(),
        lockedAt: null,
        attempts: 0,
        lastError: null,
        note: null,
      },
    ]);
    expect(await names()).toEqual(['pending /w/a', 'pending /w/c']);
    expect((await listed({ path: '/w/c' })).map(({ why }) => why)).toEqual(['rule "hold": legal hold']);
    const ledger = await openLedger(stateDir);
    for (const [fileId, count] of [
      ['1', 1],
      ['2', 0],
      ['3', 1],
      ['4', 0],
    ] as const)
      expect(await ledger.find(fileId)).toHaveLength(count);
    expect(await ledger.counts()).toMatchObject({ pending: 2, locked: 0 });
    await ledger.close();
  });

  it('has it no more once the step with the retention lock is done', async () => {
    const ruleSet = await keep(RULES);
    const job = await end({ ruleSet, fileId: '1' }, 'step');
    expect(await names()).toEqual(['pending /watched/f1']);
    const again = await only(store.jobs.take(clock.now(), 10));
    const ledger = lockRecord({ fileId: '1', path: job.path });
    await store.jobs.stepDone(again, { step: 2, path: job.path, ledger }, attempt(again));
    expect(await names()).toEqual(['locked /watched/f1']);
    await store.jobs.finish(again, { kind: 'dead', error: 'The log is full.' }, undefined);
    expect(await names()).toEqual(['locked /watched/f1']);
  });

  it('has what could not be done, with the error and what to do', async () => {
    const ruleSet = await keep(RULES);
    await end({ ruleSet, fileId: '1' }, { kind: 'dead', error: 'It is refused.' }, 'It is refused. Ask.');
    await end({ ruleSet, fileId: '2' }, { kind: 'parked', error: 'It ran 9 times' });
    await end({ ruleSet, fileId: '3', rule: 'tag' }, { kind: 'dead', error: 'no' });
    expect(await listed({ failed: true })).toMatchObject([
      { fileId: '1', state: 'failed', lastError: 'It is refused.', note: 'Ask.', dueAt: null, attempts: 1 },
      { fileId: '2', state: 'failed', lastError: 'It ran 9 times', note: null },
    ]);
    expect(await names({ pending: true })).toEqual([]);
  });

  it('is filtered like any other', async () => {
    const ruleSet = await keep(RULES);
    await arm(store, { ruleSet, fileId: '9', path: '/w/pending', dueAt: 1e9 });
    const write = async (fileId: string, more: Parameters<typeof lockRecord>[0]) => {
      await arm(store, { ruleSet, fileId, dueAt: 0 });
      await store.jobs.finish(
        await only(store.jobs.take(0, 10)),
        { kind: 'done' },
        undefined,
        lockRecord({ fileId, ...more }),
      );
    };
    await write('1', { path: '/w/one.pdf', legalHold: true });
    await write('2', { path: '/w/x/two.pdf', retentionPeriod: '2040-01-01T00:00:00Z' });
    await write('3', { path: '/w/x/three', state: 'skipped', retentionPeriod: null });
    await write('4', { path: '/w/x/four', state: 'failed', retentionPeriod: null });
    const locked = ['locked /w/one.pdf', 'locked /w/x/two.pdf'];
    expect(await names()).toEqual(['failed /w/x/four', ...locked, 'pending /w/pending']);
    expect(await names({ held: true })).toEqual(locked.slice(0, 1));
    expect(await names({ until: '2035-01-01' })).toEqual(locked.slice(0, 1));
    expect(await names({ after: '2035-01-01' })).toEqual(locked.slice(1));
    expect(await names({ path: '/w/x' })).toEqual(['failed /w/x/four', 'locked /w/x/two.pdf']);
    expect(await names({ path: '/w/**/*.pdf' })).toEqual(locked);
    expect(await names({ states: ['skipped'] })).toEqual(['skipped /w/x/three']);
    expect(await listed({ limit: 2 })).toHaveLength(2);
  });

  it('says since when each rule with a lock step has been in force as it is', async () => {
    const rule = (name: string, retention: string) =>
      `{ name: ${name}, on: created, do: [{ lock: { retention: ${retention} } }] }`;
    const rules = (...list: readonly string[]) => `version: 1\nrules: [${list.join(', ')}]\n`;
    await keep(rules(rule('a', '1y'), rule('b', '1y')), 100);
    await keep(rules(rule('a', '1y'), rule('b', '2y'), rule('c', '1y')), 200);
    await keep(rules(rule('c', '1y'), rule('b', '2y'), rule('a', '1y')), 300);
    const ledger = await openLedger(stateDir);
    const told = async () => (await ledger.rules()).map(({ name, why, since }) => [name, why, since]);
    expect(await told()).toEqual([
      ['c', 'rule "c": 1y', 200],
      ['b', 'rule "b": 2y', 200],
      ['a', 'rule "a": 1y', 100],
    ]);
    await keep(rules(rule('b', '2y')), 400);
    await keep(rules(rule('a', '1y'), rule('b', '2y')), 500);
    expect(await told()).toEqual([
      ['a', 'rule "a": 1y', 500],
      ['b', 'rule "b": 2y', 200],
    ]);
    await ledger.close();
  });

  it('is empty where a monitor of an older release keeps it', async () => {
    await store.close();
    rmSync(stateDir, { recursive: true });
    stateDir = mkdtempSync(join(tmpdir(), 'qwarden-ledger-'));
    const db = new DatabaseSync(join(stateDir, 'qwarden.sqlite'));
    for (const step of MIGRATIONS.slice(0, 2)) db.exec(step);
    db.exec("PRAGMA user_version = 2; INSERT INTO watch VALUES (1, '3', 1, '/old', 5, NULL, NULL, NULL)");
    db.close();
    expect(await names()).toEqual([]);
    const ledger = await openLedger(stateDir);
    expect(await ledger.watches()).toMatchObject([{ path: '/old', epochs: 0, baselineDone: false }]);
    await ledger.close();
    store = await openSqliteQueue(stateDir, { clock });
    expect(await all(store.locks.list({}))).toEqual([]);
    expect(await store.watches()).toMatchObject([{ path: '/old', since: 5 }]);
  });

  it('takes over what filelock kept in tables of its own: its records, and as changes to be decided about what was pending', async () => {
    await store.close();
    rmSync(stateDir, { recursive: true });
    stateDir = mkdtempSync(join(tmpdir(), 'qwarden-ledger-'));
    const db = new DatabaseSync(join(stateDir, 'qwarden.sqlite'));
    for (const step of MIGRATIONS.slice(0, 2)) db.exec(step);
    db.exec(`PRAGMA user_version = 2;
      INSERT INTO watch VALUES (1, '3', 1, '/records', 5, 6, 7, 1);
      INSERT INTO rule VALUES (1, 1, 'filelock /records --retention 7y', '{}', 5);
      INSERT INTO file VALUES (1, 7.0, 'a/b', 1, 0, 1, 1, '2026', 10, 11, 12, 13, '2031-01-01T00:00:00Z', 0, 1, 1, NULL, NULL);
      INSERT INTO file VALUES (1, '18446744065119617025', 'old', 0, 6, 1, 1, '2026', 10, 11, NULL, NULL, NULL, 0, 0, 1, NULL, NULL);
      INSERT INTO job VALUES (1, 8.0, 'a/"c"', 0, 11, 12, 13, 0, 1, 1, 1, NULL);
      INSERT INTO job VALUES (1, '18446744065119617026', 'd', 0, 11, 12, NULL, 3, 1, 1, 1, 'no');`);
    db.close();
    store = await openSqliteQueue(stateDir, { clock });
    expect(await store.locks.find('7')).toMatchObject([
      {
        directoryId: '3',
        path: '/records/a/b',
        state: 'locked',
        how: 'created',
        lockedAt: 13,
        why: 'filelock /records --retention 7y',
      },
    ]);
    expect(await all(store.locks.list({}))).toHaveLength(1);
    const [told] = await all(store.log.history({}));
    expect(told).toMatchObject({ root: '/records', source: 'injected', events: 2 });
    expect(JSON.parse(told?.raw ?? '')).toEqual([
      { type: 'child_file_added', path: 'a/"c"', spine: ['8'], stream_name: null },
      { type: 'child_file_added', path: 'd', spine: ['18446744065119617026'], stream_name: null },
    ]);
    const inventory = await store.inventory({ directoryId: '3', recursive: true, path: '/records' });
    expect(inventory?.record()).toMatchObject({ beganClusterMs: 6, wholeSince: undefined });
    expect(inventory?.before('18446744065119617025')).toEqual({ path: 'old', createdMs: Date.parse('2026') });
    expect(inventory?.before('7')).toMatchObject({ path: 'a/b' });
    expect(inventory?.before('8')).toBeUndefined();
  });
});
