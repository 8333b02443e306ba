import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { lockRulesOf } from '../../src/ledger/lock-rules.ts';
import type { LedgerRow, LeftOut, VerifyOptions, VerifyRow } from '../../src/ledger/types.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { openLedger } from '../../src/open-ledger.ts';
import { openQueueReader } from '../../src/open-queue.ts';
import { all } from '../contract/queue-store.fixtures.ts';
import { LiveMonitor } from '../support/live-monitor.ts';
import { redisMissing, RedisServer } from '../support/redis-server.ts';

const rules = (lock: string, more = '') => `
version: 1
rules:
  - name: lock records
    on: [created, renamed]
    where: { under: /records, not: { name: "*.part" } }
    settle: 0s
    do: [{ lock: ${lock} }${more}]
`;
const LOCK = rules('{ retention: 7y }');
const HOLD = rules('{ retention: 7y, legal_hold: true }', ', { log: {} }');

let live: LiveMonitor;
/** Where its ledger is. */
let place = '';
beforeEach(async () => {
  live = await LiveMonitor.open('/records', '/records/d');
  place = live.stateDir;
});
afterEach(() => live.dispose());

async function rows(): Promise<LedgerRow[]> {
  const ledger = await openLedger(place);
  try {
    return await all(
      ledger.list({ states: ['pending', 'locked', 'already-locked', 'failed', 'skipped', 'forgotten'] }),
    );
  } finally {
    await ledger.close();
  }
}

interface Verified {
  wrong: string[];
  all: VerifyRow[];
  leftOut: LeftOut[];
}

async function verify(options: VerifyOptions = {}): Promise<Verified> {
  const ledger = await openLedger(place);
  const leftOut: LeftOut[] = [];
  const found = await all(verifyLedger(ledger, live.client, { ...options, onLeftOut: (why) => leftOut.push(why) }));
  await ledger.close();
  return { wrong: found.filter(({ ok }) => !ok).map((row) => `${row.verdict} ${row.path}`), all: found, leftOut };
}

/** A file under a retention lock cannot be renamed; the directory that it is in can, and then the file is renamed with it. */
const moveDirectory = () => live.rename('/records/d', '/records/e');

const lockOf = async (id: string) =>
  (await live.client.files.getAttributes(id, { retrieveFileLock: true })).data.lock ?? undefined;

describe('a rule with a lock step', () => {
  const stores: [name: string, skip: boolean, redisUrl: () => Promise<string | undefined>][] = [
    ['SQLite', false, () => Promise.resolve(undefined)],
    [
      'Redis',
      redisMissing(),
      async () => {
        const server = await RedisServer.open();
        // After the monitor, which is ended by its own hook.
        onTestFinished(async () => {
          await live.stop();
          await server.close();
        });
        return server.url;
      },
    ],
  ];
  for (const [name, skip, open] of stores) {
    it.skipIf(skip)(`leaves a record of each file in the ledger, as the cluster has it: ${name}`, async () => {
      const redisUrl = await open();
      place = redisUrl ?? live.stateDir;
      await live.start(HOLD, redisUrl === undefined ? {} : { redisUrl });
      const id = live.create('/records/a.pdf');
      live.create('/records/b.part');
      await live.done(2);
      const [row, ...others] = await rows();
      expect(others).toEqual([]);
      expect(row).toMatchObject({
        fileId: id,
        path: '/records/a.pdf',
        state: 'locked',
        legalHold: true,
        why: 'rule "lock records": 7y, legal hold',
        how: 'created',
        attempts: 1,
        lastError: null,
      });
      expect(await lockOf(id)).toEqual({ retention_period: row?.retentionPeriod, legal_hold: true });
      expect(row?.lockedAt).toMatch(/Z$/);
      await live.monitor?.status();
      expect(await verify()).toMatchObject({ wrong: [], leftOut: [], all: [{ verdict: 'same', ok: true }] });
    });
  }

  it('keeps the record of a retention lock of ours when the file is met again, with its new name', async () => {
    await live.start(LOCK);
    const id = live.create('/records/d/a');
    await live.done(1);
    const [before] = await rows();
    moveDirectory();
    await live.until(() => live.of('skipped').some(({ fileId }) => fileId === id));
    expect(await rows()).toEqual([{ ...before, path: '/records/e/a' }]);
  });

  it('records a longer one when it extends, and one that was there already', async () => {
    await live.start(rules('{ retention: 7d }'));
    const id = live.create('/records/d/a');
    await live.done(1);
    expect((await live.monitor?.rules.load(rules('{ retention: 1y, extend: true }'), 'rules.yml'))?.ok).toBe(true);
    moveDirectory();
    await live.until(() => live.of('done').filter(({ fileId }) => fileId === id).length === 2);
    const [row] = await rows();
    expect(row).toMatchObject({ state: 'locked', why: 'rule "lock records": 1y', how: 'renamed' });
    expect((await lockOf(id))?.retention_period).toBe(row?.retentionPeriod);
    await live.stop();

    const other = LiveMonitor.beside(live);
    await other.start(rules('{ retention: 1d }'));
    live.rename('/records/e', '/records/d');
    await other.until(() => other.of('skipped').some(({ fileId }) => fileId === id));
    place = other.stateDir;
    expect(await rows()).toMatchObject([
      {
        path: '/records/d/a',
        state: 'already-locked',
        lockedAt: null,
        retentionPeriod: row?.retentionPeriod,
        why: 'rule "lock records": 1d',
      },
    ]);
    await other.dispose();
  });

  it('records what could not be locked where the rule goes on, and lists what waits for a person', async () => {
    await live.start(rules('{ retention: 7y }, continue_on_error: true', ', { log: {} }'));
    live.emulator.faults.add({ operation: 'PATCH /v1/files/{ref}/file-lock', fail: { status: 403 } });
    live.create('/records/a');
    await live.done(1);
    expect(await rows()).toMatchObject([
      {
        path: '/records/a',
        state: 'failed',
        lastError: expect.stringMatching(/^403 /),
        note: expect.stringMatching(/PRIVILEGE_FS_FILE_LOCK_WRITE/),
      },
    ]);
    expect((await live.monitor?.rules.load(LOCK, 'rules.yml'))?.ok).toBe(true);
    live.create('/records/b');
    await live.until(() => live.of('failed').length === 2);
    const failed = (await rows()).filter(({ path }) => path === '/records/b');
    expect(failed).toMatchObject([
      {
        state: 'failed',
        lastError: expect.stringMatching(/^403 /),
        note: expect.stringMatching(/PRIVILEGE_FS_FILE_LOCK_WRITE/),
      },
    ]);
    expect((await verify()).wrong.toSorted()).toEqual(['not-locked /records/a', 'not-locked /records/b']);
  });

  it('leaves nothing when it is only tried', async () => {
    await live.start(LOCK, { dryRun: true });
    const id = live.create('/records/a');
    await live.until(() => live.of('would').length === 1);
    expect(await lockOf(id)).toMatchObject({ retention_period: null });
    await live.stop();
    await expect(openLedger(place)).rejects.toMatchObject({ kind: 'missing' });
  });

  it('stands in the ledger of one cluster, with what was watched', async () => {
    await live.start(LOCK);
    await live.stop();
    const reader = await openQueueReader(place);
    expect(await reader.clusterId()).toBe((await live.client.cluster.nodeState()).data.cluster_id);
    expect(await reader.watches()).toMatchObject([{ directoryId: '2', recursive: true, path: '/' }]);
    await reader.close();
    const ledger = await openLedger(place);
    expect(await all(ledger.coverage())).toMatchObject([{ path: '/', directoryId: '2', gapClosedBy: 'baseline' }]);
    await ledger.close();
    inState("UPDATE meta SET value = 'another' WHERE key = 'cluster_id'");
    await expect(live.start(LOCK)).rejects.toMatchObject({ name: 'StateError', kind: 'other-cluster' });
    live.emulator.faults.add({ operation: 'GET /v1/node/state', fail: { status: 403 } });
    await live.start(LOCK);
  });
});

function inState(statement: string): void {
  const db = new DatabaseSync(join(live.stateDir, 'qwarden.sqlite'));
  db.exec(statement);
  db.close();
}

describe('verify', () => {
  /** The monitor began an hour ago, and an hour ago is where the clocks of the test's files begin. */
  async function anHourLater(): Promise<void> {
    inState('UPDATE epoch SET registered = registered - 3600e3; UPDATE rule_set SET since = since - 3600e3');
    await live.client.cluster.nodeState();
    const { clusterClock } = live.client;
    const now = clusterClock.nowMs.bind(clusterClock);
    Object.assign(clusterClock, { nowMs: () => now() + 60_000 });
  }

  it('finds what a rule covers and the ledger does not know, and says what it cannot tell', async () => {
    const before = live.create('/records/before');
    await live.client.files.setAttributes(before, { creation_time: '2020-01-01T00:00:00Z' });
    await live.start(LOCK);
    await live.stop();
    for (const name of ['missed', 'missed.part']) live.create(`/records/${name}`);
    expect(await verify()).toMatchObject({ wrong: [], leftOut: [] });
    await anHourLater();
    const found = await verify();
    expect(found).toMatchObject({ wrong: ['not-in-ledger /records/missed'], leftOut: [] });
    expect(found.all[0]?.message).toContain('covered by rule "lock records": 7y');
    expect(await verify({ walk: false })).toMatchObject({ wrong: [], all: [] });
    const given = async (on: string, where: object) => await verify({ rules: lockRulesOf(ruleSet(on, where)) });
    expect(await given('created', { under: '/elsewhere' })).toMatchObject({ wrong: [], leftOut: [] });
    expect((await given('created', { under: '/records' })).wrong.toSorted()).toEqual([
      'not-in-ledger /records/missed',
      'not-in-ledger /records/missed.part',
    ]);
    expect((await given('created', { under: '/records', size: '> 1MB' })).wrong).toEqual([]);
    const undecidable = { wrong: [], leftOut: ['undecidable', 'undecidable'] };
    expect(sorted(await given('moved-in', { under: '/records' }))).toMatchObject(undecidable);
    expect(sorted(await given('created', { under: '/records', tag: { a: 'b' } }))).toMatchObject(undecidable);
    const counted = { under: '/records', count: { matches: 3, within: '1m' } };
    expect(sorted(await given('created', counted))).toMatchObject(undecidable);
  });
});

const sorted = (verified: Verified): Verified => ({ ...verified, leftOut: verified.leftOut.toSorted() });

/** As a store keeps it. */
function ruleSet(on: string, where: object): string {
  const rules = [{ name: 'x', on: [on], where, settle: '0s', mode: 'single', do: [{ lock: { retention: '7y' } }] }];
  return JSON.stringify({ version: 1, rules });
}
