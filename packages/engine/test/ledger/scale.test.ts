import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ledger, openLedger } from '../../src/index.ts';
import { all } from '../contract/queue-store.fixtures.ts';
import { openForWriting } from '../../src/stores/sqlite/database.ts';
import { durableGroup } from '../../src/stores/sqlite/durable-group.ts';
import { SqliteLockRecords } from '../../src/stores/sqlite/queue/lock-records.ts';

const FILES = 50_000;
const stateDir = mkdtempSync(join(tmpdir(), 'qwarden-scale-'));
let ledger: Ledger;

beforeAll(async () => {
  const { db, path } = openForWriting(stateDir);
  const { group, close } = durableGroup(db, path, {});
  const records = new SqliteLockRecords(db, group, path);
  await group.run(() => {
    for (let id = 1; id <= FILES; id += 1) {
      records.put({
        fileId: String(id),
        directoryId: '3',
        path: `/records/d${id % 100}/${id}.pdf`,
        state: 'locked',
        how: 'created',
        links: 1,
        creationTime: null,
        recordedAt: 0,
        seenAt: 0,
        dueAt: 0,
        lockedAt: 0,
        retentionPeriod: '2030-01-01T00:00:00Z',
        legalHold: false,
        attempts: 1,
        lastError: null,
        note: null,
        rule: 'r',
        ruleSet: '',
        why: 'w',
      });
    }
  }, 'now');
  close();
  ledger = await openLedger(stateDir);
});
afterAll(async () => {
  await ledger.close();
  rmSync(stateDir, { recursive: true });
});

describe('a ledger of many files', () => {
  it('finds one file by its key: a thousand look-ups cost less than reading all of it a few times', async () => {
    const readAll = async () => {
      const started = performance.now();
      let rows = 0;
      for await (const row of ledger.list()) rows += row.state === 'locked' ? 1 : 0;
      expect(rows).toBe(FILES);
      return performance.now() - started;
    };
    await readAll();
    const once = await readAll();
    const started = performance.now();
    for (let id = 1; id <= 1000; id += 1)
      expect((await ledger.find(String(id * 7)))[0]?.path).toBe(`/records/d${(id * 7) % 100}/${id * 7}.pdf`);
    expect(performance.now() - started).toBeLessThan(once * 5);
  });

  it('gives its first rows without reading the rest', async () => {
    const rows = ledger.list();
    expect(await all(ledger.list({ limit: 3 }))).toHaveLength(3);
    expect((await rows[Symbol.asyncIterator]().next()).done).toBe(false);
  });
});
