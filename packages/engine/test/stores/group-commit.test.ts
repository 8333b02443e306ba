import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroupCommit } from '../../src/stores/sqlite/group-commit.ts';
import { WalSync } from '../../src/stores/sqlite/wal-sync.ts';

let directory: string;
let db: DatabaseSync;
/** A second connection: sees what is committed, and nothing else. */
let reader: DatabaseSync;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'qwarden-commit-'));
  path = join(directory, 'state.sqlite');
  db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE t (n INTEGER PRIMARY KEY)');
  reader = new DatabaseSync(path, { readOnly: true });
});
afterEach(() => {
  reader.close();
  if (db.isOpen) db.close();
  rmSync(directory, { recursive: true });
});

const insert = (n: number) => () => {
  db.prepare('INSERT INTO t VALUES (?)').run(n);
};
const committed = () =>
  reader
    .prepare('SELECT n FROM t ORDER BY n')
    .all()
    .map((row) => row['n']);
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A disk that syncs when the test says so. */
function slowDisk() {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    waiting,
    sync: () => new Promise<void>((resolve, reject) => waiting.push({ resolve, reject })),
  };
}

describe('a group', () => {
  it('is durable only when its sync has ended', async () => {
    const disk = slowDisk();
    const group = new GroupCommit(db, path, { sync: disk.sync });
    let durable = false;
    const done = group.run(insert(1), 'now').then(() => (durable = true));
    await turns(3);
    expect(committed()).toEqual([1]);
    expect(durable).toBe(false);
    disk.waiting[0]?.resolve();
    await done;
    expect(durable).toBe(true);
  });

  it('gathers while the one before it is synced, and goes with one sync', async () => {
    const disk = slowDisk();
    const group = new GroupCommit(db, path, { sync: disk.sync });
    const first = group.run(insert(1), 'now');
    await turns(2);
    const later = Array.from({ length: 500 }, (_, n) => group.run(insert(n + 2), n % 2 === 0 ? 'now' : 'soon'));
    await turns(3);
    expect(committed()).toEqual([1]);
    expect(disk.waiting).toHaveLength(1);
    disk.waiting[0]?.resolve();
    await first;
    await turns(3);
    expect(disk.waiting).toHaveLength(2);
    expect(committed()).toHaveLength(501);
    disk.waiting[1]?.resolve();
    await Promise.all(later);
  });

  it('that is not urgent goes after its time, also when a sync ran meanwhile', async () => {
    const disk = slowDisk();
    const group = new GroupCommit(db, path, { waitMs: 1, sync: disk.sync });
    const first = group.run(insert(1), 'now');
    await turns(2);
    const second = group.run(insert(2), 'soon');
    disk.waiting[0]?.resolve();
    await first;
    const sync = await new Promise<(typeof disk.waiting)[number]>((resolve) => {
      const look = () => (disk.waiting[1] === undefined ? setImmediate(look) : resolve(disk.waiting[1]));
      look();
    });
    sync.resolve();
    await second;
    expect(committed()).toEqual([1, 2]);
  });

  it('without a sync of its own is durable with its commit', async () => {
    const group = new GroupCommit(db, path, { waitMs: 0 });
    await group.run(insert(1), 'soon');
    expect(committed()).toEqual([1]);
  });
});

describe('a disk that fails', () => {
  it('fails the group, and everything after it', async () => {
    const disk = slowDisk();
    const group = new GroupCommit(db, path, { sync: disk.sync });
    const first = group.run(insert(1), 'now');
    await turns(2);
    const second = group.run(insert(2), 'now');
    disk.waiting[0]?.reject(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
    await expect(first).rejects.toMatchObject({ name: 'StateError' });
    await expect(second).rejects.toMatchObject({ name: 'StateError' });
    await expect(group.run(insert(3), 'now')).rejects.toMatchObject({ name: 'StateError' });
    expect(committed()).toEqual([1]);
  });
});

describe('closing', () => {
  it('drops what is open and leaves alone what is being synced', async () => {
    const disk = slowDisk();
    const group = new GroupCommit(db, path, { sync: disk.sync });
    const first = group.run(insert(1), 'now');
    await turns(2);
    const second = group.run(insert(2), 'now');
    group.close();
    db.close();
    await expect(second).rejects.toMatchObject({ kind: 'closed' });
    disk.waiting[0]?.resolve();
    await first;
    expect(committed()).toEqual([1]);
  });
});

describe('the log of a real database', () => {
  it('is synced, also when it is closed meanwhile', async () => {
    const wal = new WalSync(path);
    const group = new GroupCommit(db, path, { sync: () => wal.sync() });
    await group.run(insert(1), 'now');
    const last = group.run(insert(2), 'now');
    await turns(1);
    wal.close();
    wal.close();
    await last;
    expect(committed()).toEqual([1, 2]);
    await expect(wal.sync()).rejects.toThrow('closed already');
  });

  it('that is not there cannot be synced', () => {
    expect(() => new WalSync(join(directory, 'other.sqlite'))).toThrow(/ENOENT/);
  });
});
