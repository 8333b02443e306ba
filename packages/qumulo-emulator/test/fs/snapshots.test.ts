/** Snapshots: what they show, what they cost, how they end, and what changed between two (FACTS 7). */
import { describe, expect, test } from 'vitest';
import { admin, makeWorld, refusal, type World } from './fixture.ts';

const take = (world: World, path = '/', name = 's'): number =>
  world.fs.snapshots.create({ name, source_file_id: world.fs.idOf(path) ?? '' }).id;

const changes = (world: World, newer: number, older: number): string[] =>
  world.fs.snapshots.treeDiff(newer, older).entries.map(({ op, path }) => `${op} ${path}`);

describe('what a snapshot shows', () => {
  test('data, attributes, ACL, streams, metadata and listing as they were, by path and by id, deleted objects too', () => {
    const world = makeWorld();
    world.directory('/d');
    const { id } = world.file('/d/f', 'old');
    world.fs.createStream(admin, '/d/f', 's');
    world.fs.writeStream(admin, '/d/f', '1', Buffer.from('stream'));
    world.fs.setUserMetadata(admin, '/d/f', 'generic', 'k', 'eA==', 'create');
    const attributes = world.fs.getAttributes(admin, '/d/f').value;
    const acl = world.fs.getAcl(admin, '/d/f').value;
    const snapshot = take(world, '/d');
    world.advance(5n);
    world.fs.writeData(admin, '/d/f', Buffer.from('NEW'), { offset: 1 });
    world.fs.writeStream(admin, '/d/f', '1', Buffer.from('S'), { offset: 0 });
    world.fs.setAttributes(admin, '/d/f', { mode: '0600' });
    world.fs.deleteUserMetadata(admin, '/d/f', 'generic', 'k');
    world.fs.createEntry(admin, '/d', { name: 'g', action: 'RENAME', old_path: '/d/f' });
    world.fs.delete(admin, '/d/g');
    for (const ref of ['/d/f', id]) {
      expect(world.fs.getAttributes(admin, ref, { snapshot }).value).toEqual(attributes);
      expect(world.fs.getAcl(admin, ref, { snapshot }).value).toEqual(acl);
      expect(world.read(ref, snapshot)).toBe('old');
      expect(Buffer.concat([...world.fs.readData(admin, ref, { snapshot, streamId: '1' }).chunks()]).toString()).toBe(
        'stream',
      );
      expect(world.fs.listStreams(admin, ref, { snapshot }).value).toHaveLength(1);
      expect(world.fs.getUserMetadata(admin, ref, 'generic', 'k', { snapshot }).value.value).toBe('eA==');
    }
    expect(world.names('/d', snapshot)).toEqual(['f']);
    expect(world.names('/d')).toEqual([]);
    expect(refusal(() => world.fs.getAttributes(admin, id))).toBe('fs_no_such_inode_error');
  });

  test('a path outside its directory silently shows the present', () => {
    const world = makeWorld();
    world.directory('/in');
    world.file('/out', 'old');
    const snapshot = take(world, '/in');
    world.fs.writeData(admin, '/out', Buffer.from('new'));
    expect(world.read('/out', snapshot)).toBe('new');
    expect(world.read(world.fs.idOf('/out') ?? '', snapshot)).toBe('new');
  });

  test('its directory may be renamed or deleted since', () => {
    const world = makeWorld();
    world.directory('/d');
    world.file('/d/f', 'x');
    const snapshot = take(world, '/d');
    world.fs.createEntry(admin, '/', { name: 'e', action: 'RENAME', old_path: '/d' });
    expect(world.read('/e/f', snapshot)).toBe('x');
    expect(world.read('/d/f', snapshot)).toBe('x');
    world.fs.treeDelete.create(admin, '/e');
    while (world.fs.treeDelete.step());
    expect(world.read('/d/f', snapshot)).toBe('x');
    expect(world.fs.snapshots.get(snapshot).source_file_path).toBe('/d/');
  });

  test('copy-chunk out of a snapshot, of a file deleted since', () => {
    const world = makeWorld();
    const { id } = world.file('/f', 'precious');
    const snapshot = take(world);
    world.fs.delete(admin, '/f');
    world.file('/back');
    world.fs.copyChunk(admin, '/back', { source_id: id, source_snapshot: snapshot });
    expect(world.read('/back')).toBe('precious');
  });

  test('a lock is seen as it was', () => {
    const world = makeWorld();
    world.file('/f');
    const snapshot = take(world);
    world.fs.modifyFileLock(admin, '/f', { legal_hold: true });
    const held = (options: { snapshot?: number }) =>
      world.fs.getAttributes(admin, '/f', { ...options, retrieveFileLock: true }).value.lock?.legal_hold;
    expect([held({ snapshot }), held({})]).toEqual([false, true]);
  });
});

describe('life of a snapshot', () => {
  test('ids come from one counter; the name under .snapshot starts with the id', () => {
    const world = makeWorld();
    world.directory('/d');
    const ids = [take(world), take(world, '/d'), take(world)];
    expect(ids).toEqual([1, 2, 3]);
    world.fs.snapshots.delete(2);
    expect(take(world, '/d', 'daily')).toBe(4);
    expect(world.fs.snapshots.get(4)).toMatchObject({
      directory_name: '4_daily',
      given_name: 'daily',
      expiration: null,
      lock_key: null,
    });
    expect(refusal(() => world.fs.snapshots.get(2))).toBe('snapshot_not_found_error');
    expect(refusal(() => world.fs.list(admin, '/', { snapshot: 2 }))).toBe('snapshot_not_found_error');
  });

  test('expires by the clock, locked or not', () => {
    const world = makeWorld();
    const create = (expiration: string | null | undefined) =>
      world.fs.snapshots.create({ name: 's', source_file_id: '2', expiration }).id;
    const short = create('2030-01-01T00:00:01.000001Z');
    for (const never of ['', null, undefined]) create(never);
    world.fs.snapshots.lock(short, 'key');
    expect(refusal(() => world.fs.snapshots.delete(short))).toBe('snapshot_locked_error');
    world.advance(2_000_000_000n);
    expect(world.fs.snapshots.list().map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  test('a locked one can only live longer', () => {
    const world = makeWorld();
    const id = world.fs.snapshots.create({ name: 's', source_file_id: '2', expirationTimeToLive: '2days' }).id;
    expect(world.fs.snapshots.get(id).expiration).toBe('2030-01-03T00:00:00Z');
    world.fs.snapshots.lock(id, 'key');
    expect(refusal(() => world.fs.snapshots.modify(id, { expiration: '2030-01-02T00:00:00Z' }))).toBe(
      'snapshot_locked_error',
    );
    expect(world.fs.snapshots.modify(id, { expiration: '2030-02-02T00:00:00Z' }).expiration).toBe(
      '2030-02-02T00:00:00Z',
    );
    expect(world.fs.snapshots.unlock(id).lock_key).toBeNull();
    world.fs.snapshots.delete(id);
  });

  test('only directories; an unknown id is refused', () => {
    const world = makeWorld();
    const { id } = world.file('/f');
    const create = (source_file_id: string) => refusal(() => world.fs.snapshots.create({ name: 's', source_file_id }));
    expect([create(id), create('77'), create('x')]).toEqual([
      'fs_not_a_directory_error',
      'fs_no_such_inode_error',
      'fs_no_such_inode_error',
    ]);
  });

  test('taking one keeps nothing; what is kept follows the changes and goes with the last snapshot', () => {
    const world = makeWorld();
    world.directory('/d');
    for (let i = 0; i < 1000; i += 1) world.file(`/d/${i}`, 'x');
    const [first, second] = [take(world), take(world)];
    expect(world.fs.heldForSnapshots()).toEqual({ states: 0, names: 0, noted: 0 });
    world.fs.writeData(admin, '/d/7', Buffer.from('y'));
    expect(world.fs.heldForSnapshots()).toEqual({ states: 1, names: 0, noted: 1 });
    world.fs.delete(admin, '/d/8');
    expect(world.fs.heldForSnapshots().states).toBeLessThan(6);
    world.fs.snapshots.delete(first);
    expect(world.read('/d/7', second)).toBe('x');
    world.fs.snapshots.delete(second);
    expect(world.fs.heldForSnapshots()).toEqual({ states: 0, names: 0, noted: 0 });
    expect(world.fs.snapshots.totalUsedCapacity()).toBe('0');
  });
});

describe('changes between two snapshots', () => {
  const scene = () => {
    const world = makeWorld();
    world.directory('/d');
    world.directory('/d/sub');
    world.file('/d/f', 'x');
    world.file('/d/sub/g', 'x');
    return { world, before: take(world, '/d') };
  };

  const table: readonly (readonly [string, (world: World) => unknown, readonly string[]])[] = [
    ['nothing', () => undefined, []],
    ['a new file', (w) => w.file('/d/n'), ['MODIFY /d/', 'CREATE /d/n']],
    [
      'a new directory with contents is one entry',
      (w) => (w.directory('/d/n'), w.file('/d/n/x')),
      ['MODIFY /d/', 'CREATE /d/n/'],
    ],
    ['a write', ({ fs }) => fs.writeData(admin, '/d/f', Buffer.from('y')), ['MODIFY /d/f']],
    ['a chmod', ({ fs }) => fs.setAttributes(admin, '/d/sub/g', { mode: '0600' }), ['MODIFY /d/sub/g']],
    ['a deletion', ({ fs }) => fs.delete(admin, '/d/f'), ['MODIFY /d/', 'DELETE /d/f']],
    [
      'a deleted directory is one entry',
      (w) => (w.fs.delete(admin, '/d/sub/g'), w.fs.delete(admin, '/d/sub')),
      ['MODIFY /d/', 'DELETE /d/sub/'],
    ],
    [
      'a rename',
      ({ fs }) => fs.createEntry(admin, '/d', { name: 'r', action: 'RENAME', old_path: '/d/f' }),
      ['MODIFY /d/', 'DELETE /d/f', 'CREATE /d/r'],
    ],
    [
      'a renamed directory',
      ({ fs }) => fs.createEntry(admin, '/d', { name: 'r', action: 'RENAME', old_path: '/d/sub' }),
      ['MODIFY /d/', 'CREATE /d/r/', 'DELETE /d/sub/'],
    ],
    ['came and went', (w) => (w.file('/d/n'), w.fs.delete(admin, '/d/n')), ['MODIFY /d/']],
    ['replaced', (w) => (w.fs.delete(admin, '/d/f'), w.file('/d/f')), ['MODIFY /d/', 'DELETE /d/f', 'CREATE /d/f']],
    ['access time alone', ({ fs }) => fs.setAttributes(admin, '/d/f', { access_time: '2020-01-01T00:00:00Z' }), []],
    ['a retention lock alone', ({ fs }) => fs.modifyFileLock(admin, '/d/f', { legal_hold: true }), []],
    ['outside the directory', (w) => w.file('/out'), []],
  ];

  test.each(table)('%s', (_, act, expected) => {
    const { world, before } = scene();
    world.advance(1000n);
    act(world);
    expect(changes(world, take(world, '/d'), before)).toEqual(expected);
  });

  test('are complete over snapshots deleted in between', () => {
    const { world, before } = scene();
    const between = [];
    for (const name of ['a', 'b', 'c']) {
      world.advance(1000n);
      world.file(`/d/${name}`);
      between.push(take(world, '/d'));
    }
    const newest = take(world, '/d');
    for (const id of between) world.fs.snapshots.delete(id);
    expect(changes(world, newest, before)).toEqual(['MODIFY /d/', 'CREATE /d/a', 'CREATE /d/b', 'CREATE /d/c']);
  });

  test('come in pages', () => {
    const { world, before } = scene();
    for (let i = 0; i < 5; i += 1) world.file(`/d/n${i}`);
    const newer = take(world, '/d');
    const first = world.fs.snapshots.treeDiff(newer, before, { limit: 4 });
    expect(first.entries).toHaveLength(4);
    expect(world.fs.snapshots.treeDiff(newer, before, { limit: 4, after: first.next ?? '' })).toMatchObject({
      entries: [{}, {}],
      next: null,
    });
  });

  test('other directories and the wrong order are refused', () => {
    const { world, before } = scene();
    const other = take(world, '/');
    const newer = take(world, '/d');
    expect(refusal(() => changes(world, other, before))).toBe('snapshot_diff_invalid_snapshots_error');
    expect(refusal(() => changes(world, before, newer))).toBe('snapshot_diff_invalid_snapshots_error');
    expect(refusal(() => changes(world, newer, 99))).toBe('snapshot_not_found_error');
  });

  test('of one file are regions; a truncated tail shows only in v3', () => {
    const world = makeWorld();
    world.file('/f', 'x'.repeat(40_960));
    const before = take(world);
    world.fs.writeData(admin, '/f', Buffer.from('y'), { offset: 5000 });
    world.fs.punchHole(admin, '/f', { offset: 16_384, size: 8192 });
    world.fs.setAttributes(admin, '/f', { size: '36864' });
    const middle = take(world);
    world.fs.writeData(admin, '/f', Buffer.from('z'), { offset: 1_000_000 });
    const after = take(world);
    const data = (offset: number, size: number) => ({
      type: 'FILE_REGION_DATA',
      offset: String(offset),
      size: String(size),
    });
    const hole = (offset: number, size: number) => ({
      type: 'FILE_REGION_HOLE',
      offset: String(offset),
      size: String(size),
    });
    expect(world.fs.snapshots.fileDiff(middle, before, '/f').entries).toEqual([data(4096, 4096), hole(16_384, 8192)]);
    expect(world.fs.snapshots.fileDiff(after, middle, '/f').entries).toEqual([
      hole(36_864, 962_560),
      data(999_424, 577),
    ]);
    expect(world.fs.snapshots.fileOperations(middle, before, '/f').entries).toEqual([
      { op: 'MODIFY', offset: '4096', size: '4096' },
      { op: 'MODIFY', offset: '16384', size: '8192' },
      { op: 'DELETE', offset: '36864', size: '4096' },
    ]);
    expect(world.fs.snapshots.fileOperations(after, middle, '/f').entries.map(({ op }) => op)).toEqual([
      'CREATE',
      'CREATE',
    ]);
    expect(world.fs.snapshots.fileDiff(after, after, '/f').entries).toEqual([]);
    expect(refusal(() => world.fs.snapshots.fileDiff(after, before, '/nope'))).toBe('fs_no_such_entry_error');
  });
});
