import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { holderOfStateDir, openLedger, StateError } from '../../src/index.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

const file = () => join(rig.stateDir, 'qwarden.sqlite');
const failure = async (work: Promise<unknown>): Promise<StateError> => {
  const error: unknown = await work.then(
    () => new Error('it worked'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof StateError) return error;
  throw error;
};

describe('the state directory', () => {
  it('is for one process at a time: the second waits a moment, then names the first', async () => {
    await rig.start();
    const second = failure(new Rig(rig).start());
    await rig.clock.advance(3000);
    expect(await second).toMatchObject({ kind: 'in-use', pid: process.pid });
  });

  it('is taken over from one that is just ending', async () => {
    await rig.start();
    const other = new Rig(rig);
    const second = other.start();
    await rig.clock.advance(500);
    await rig.crash();
    await rig.clock.advance(500);
    await second;
    await other.crash();
    expect(existsSync(join(rig.stateDir, 'qwarden.pid'))).toBe(false);
  });

  it('tells who has it, also when nobody can be asked', async () => {
    expect(holderOfStateDir(rig.stateDir)).toBeUndefined();
    await rig.start();
    expect(holderOfStateDir(rig.stateDir)).toBe(process.pid);
    rmSync(join(rig.stateDir, 'qwarden.pid'));
    expect(holderOfStateDir(rig.stateDir)).toBeNull();
    await rig.crash();
    expect(holderOfStateDir(rig.stateDir)).toBeUndefined();
  });

  it('is made with access for its owner alone', async () => {
    await rig.start();
    expect(readFileSync(join(rig.stateDir, 'qwarden.pid'), 'utf8')).toBe(`${process.pid}\n`);
    const modes = readdirSync(rig.stateDir).map((name) => [name, statSync(join(rig.stateDir, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toMatchObject({
      'qwarden.sqlite': 0o600,
      'qwarden.sqlite-wal': 0o600,
      'qwarden.sqlite-shm': 0o600,
      'qwarden.lock': 0o600,
      'qwarden.pid': 0o600,
    });
    expect(modes.filter(([, mode]) => mode !== 0o600)).toEqual([]);
  });

  it.skipIf(process.geteuid?.() !== 0)("stays its owner's when root works in it (needs root)", async () => {
    await rig.start();
    await rig.crash();
    const paths = () => readdirSync(rig.stateDir).map((name) => join(rig.stateDir, name));
    for (const path of [rig.stateDir, ...paths()]) chownSync(path, 4711, 4712);
    rmSync(join(rig.stateDir, 'qwarden.lock'));
    // Of a process of root that was killed.
    writeFileSync(join(rig.stateDir, 'qwarden.pid'), '1');
    const other = new Rig(rig);
    await other.start();
    const owners = paths().map((path) => [path, statSync(path).uid, statSync(path).gid, statSync(path).mode & 0o777]);
    expect(owners.map(([path]) => path)).toEqual(
      expect.arrayContaining(['-wal', '-shm'].map((ending) => `${file()}${ending}`)),
    );
    expect(owners).toEqual(owners.map(([path]) => [path, 4711, 4712, 0o600]));
    await other.stop();
    rmSync(file());
    const anew = new Rig(rig);
    await anew.start();
    expect(statSync(file()).uid).toBe(4711);
    await anew.crash();
  });

  it('from a newer version is refused, for writing and for reading', async () => {
    const db = new DatabaseSync(file());
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(await failure(rig.start())).toMatchObject({
      kind: 'newer-version',
      message: expect.stringContaining('format 99'),
    });
    expect(await failure(openLedger(rig.stateDir))).toMatchObject({ kind: 'newer-version' });
  });

  it('of another cluster is refused', async () => {
    await rig.start();
    await rig.stop();
    rig.cluster.clusterId = 'another';
    expect(await failure(new Rig(rig).start())).toMatchObject({
      kind: 'other-cluster',
      message: expect.stringContaining('another'),
    });
  });

  it('that is no database is called damaged, and is left as it is', async () => {
    writeFileSync(file(), 'not a database at all, but long enough to look at '.repeat(100));
    expect(await failure(rig.start())).toMatchObject({ kind: 'corrupt' });
    expect(readFileSync(file(), 'utf8')).toContain('not a database');
  });

  it('that is a file is refused with words', async () => {
    const path = join(rig.stateDir, 'sub');
    writeFileSync(path, '');
    expect(await failure(openLedger(path))).toMatchObject({ kind: 'missing' });
  });

  it.skipIf(process.getuid?.() === 0)('that cannot be written is refused with words', async () => {
    const path = join(rig.stateDir, 'locked');
    mkdirSync(path);
    chmodSync(path, 0o500);
    const other = new Rig(rig);
    Object.assign(other, { stateDir: path });
    expect(await failure(other.start())).toMatchObject({ kind: 'read-only' });
  });

  it('without any state yet says so to a reader', async () => {
    expect(await failure(openLedger(rig.stateDir))).toMatchObject({
      kind: 'missing',
      message: expect.stringContaining(rig.stateDir),
    });
  });
});

describe('a state that cannot be written any more', () => {
  it('ends the run before anything is done on the cluster without a record', async () => {
    await rig.start({ policy: { intervalMs: 0 }, maxPages: 120 });
    for (let i = 0; i < 2000 && rig.of('fatal').length === 0; i += 1) {
      rig.cluster.create(`/records/${'x'.repeat(200)}${i}.pdf`);
      await rig.clock.settle();
    }
    const summary = await rig.summary;
    expect(summary).toMatchObject({ endReason: 'fatal', error: { kind: 'disk-full' } });
    expect(rig.of('fatal')[0]?.reason).toMatch(/file system of .* is full/);
    const locked = rig.cluster.calls.filter(({ operation }) => operation === 'patchFileLock').length;
    const found = new Rig(rig);
    await rig.crash();
    await found.start({ policy: { intervalMs: 0 } });
    await found.clock.advance(10_000);
    expect(locked).toBeGreaterThan(0);
    expect(
      [...rig.cluster.tree.nodes.values()].filter(
        (node) => node.type === 'FS_FILE_TYPE_FILE' && !rig.cluster.isLocked(node),
      ),
    ).toEqual([]);
    await found.crash();
  });
});
