/** Every operation that changes a file, in every state of its retention lock (FACTS 5). */
import { describe, expect, test } from 'vitest';
import { admin, makeWorld, refusal, userOf, type World } from './fixture.ts';

const year = 365n * 86_400n * 1_000_000_000n;
const valid = '2031-06-01T00:00:00Z';

/** How each lock state comes about; the clock starts at 2030-01-01. */
const states = {
  none: () => undefined,
  'retention valid': ({ fs }: World, id: string) => fs.modifyFileLock(admin, id, { retention_period: valid }),
  'retention expired': (world: World, id: string) => {
    world.fs.modifyFileLock(admin, id, { retention_period: valid });
    world.advance(3n * year);
  },
  'legal hold': ({ fs }: World, id: string) => fs.modifyFileLock(admin, id, { legal_hold: true }),
  both: ({ fs }: World, id: string) => fs.modifyFileLock(admin, id, { legal_hold: true, retention_period: valid }),
  'hold with expired retention': (world: World, id: string) => {
    world.fs.modifyFileLock(admin, id, { legal_hold: true, retention_period: valid });
    world.advance(3n * year);
  },
  'hold released': ({ fs }: World, id: string) => {
    fs.modifyFileLock(admin, id, { legal_hold: true });
    fs.modifyFileLock(admin, id, { legal_hold: false });
  },
} as const;

const locked = new Set<keyof typeof states>(['retention valid', 'legal hold', 'both', 'hold with expired retention']);

const path = '/dir/file';
const text = Buffer.from('changed');

/** All that changes a file, its names, its streams, its attributes or its metadata. */
const operations: Record<string, (world: World) => unknown> = {
  'replace data': ({ fs }) => fs.writeData(admin, path, text),
  'replace data with nothing': ({ fs }) => fs.writeData(admin, path, Buffer.alloc(0)),
  'write at an offset': ({ fs }) => fs.writeData(admin, path, text, { offset: 3 }),
  append: ({ fs }) => fs.writeData(admin, path, text, { offset: 8 }),
  truncate: ({ fs }) => fs.setAttributes(admin, path, { size: '1' }),
  'extend by size': ({ fs }) => fs.setAttributes(admin, path, { size: '100' }),
  'punch hole': ({ fs }) => fs.punchHole(admin, path, { offset: 0, size: 4096 }),
  'copy chunk into': ({ fs }) => fs.copyChunk(admin, path, { source_path: '/other' }),
  'copy nothing into': ({ fs }) => fs.copyChunk(admin, path, { source_path: '/empty' }),
  'delete by path': ({ fs }) => fs.delete(admin, path),
  'delete by id': ({ fs }) => fs.delete(admin, fs.idOf(path) ?? ''),
  unlink: ({ fs }) => fs.unlink(admin, '/dir', 'file'),
  'delete one of two names': ({ fs }) => fs.delete(admin, '/second'),
  rename: ({ fs }) => fs.createEntry(admin, '/dir', { name: 'n', action: 'RENAME', old_path: path }),
  'move to another directory': ({ fs }) => fs.createEntry(admin, '/', { name: 'n', action: 'RENAME', old_path: path }),
  'rename over it': ({ fs }) =>
    fs.createEntry(admin, '/dir', { name: 'file', action: 'RENAME', old_path: '/other', clobber: true }),
  'new hard link': ({ fs }) => fs.createEntry(admin, '/', { name: 'third', action: 'CREATE_LINK', old_path: path }),
  chmod: ({ fs }) => fs.setAttributes(admin, path, { mode: '0600' }),
  chown: ({ fs }) => fs.setAttributes(admin, path, { owner: '501' }),
  chgrp: ({ fs }) => fs.setAttributes(admin, path, { group: '514' }),
  'set access time': ({ fs }) => fs.setAttributes(admin, path, { access_time: '2020-01-01T00:00:00Z' }),
  'set modification time': ({ fs }) => fs.setAttributes(admin, path, { modification_time: '2020-01-01T00:00:00Z' }),
  'set change time': ({ fs }) => fs.setAttributes(admin, path, { change_time: '2020-01-01T00:00:00Z' }),
  'set creation time': ({ fs }) => fs.setAttributes(admin, path, { creation_time: '2020-01-01T00:00:00Z' }),
  'set SMB attributes': ({ fs }) => fs.setAttributes(admin, path, { extended_attributes: { hidden: true } }),
  'put ACL v2': ({ fs }) => fs.setAcl(admin, path, fs.getAcl(admin, path).value),
  'put ACL v1': ({ fs }) => fs.setAclV1(admin, path, fs.getAclV1(admin, path).value.acl),
  'add user metadata': ({ fs }) => fs.setUserMetadata(admin, path, 'generic', 'new', 'eA==', 'create'),
  'replace user metadata': ({ fs }) => fs.setUserMetadata(admin, path, 's3', 'old', 'eA==', 'upsert'),
  'delete user metadata': ({ fs }) => fs.deleteUserMetadata(admin, path, 's3', 'old'),
  'create stream': ({ fs }) => fs.createStream(admin, path, 'new'),
  'write stream': ({ fs }) => fs.writeStream(admin, path, '1', text),
  'write stream at an offset': ({ fs }) => fs.writeStream(admin, path, '1', text, { offset: 2 }),
  'resize stream': ({ fs }) => fs.setStreamAttributes(admin, path, '1', { size: '1' }),
  'punch hole in stream': ({ fs }) => fs.punchHole(admin, path, { offset: 0, size: 1 }, { streamId: '1' }),
  'copy chunk into stream': ({ fs }) => fs.copyChunk(admin, path, { source_path: '/other' }, { streamId: '1' }),
  'rename stream': ({ fs }) => fs.renameStream(admin, path, '1', 'renamed'),
  'remove stream': ({ fs }) => fs.removeStream(admin, path, '1'),
};

/** What a lock never forbids. */
const harmless: Record<string, (world: World) => unknown> = {
  'get attributes': ({ fs }) => fs.getAttributes(admin, path, { retrieveFileLock: true }),
  'patch nothing': ({ fs }) => fs.setAttributes(admin, path, {}),
  read: ({ fs }) => [...fs.readData(admin, path).chunks()],
  list: ({ fs }) => fs.list(admin, '/dir'),
  'read ACL': ({ fs }) => fs.getAcl(admin, path),
  'read metadata': ({ fs }) => fs.getUserMetadata(admin, path, 's3', 'old'),
  'copy from': ({ fs }) => fs.copyChunk(admin, '/other', { source_path: path }),
  'rename the parent directory': ({ fs }) =>
    fs.createEntry(admin, '/', { name: 'd2', action: 'RENAME', old_path: '/dir' }),
  snapshot: ({ fs }) => fs.snapshots.create({ name: 's', source_file_id: '2' }),
  'lock change of nothing': ({ fs }) => fs.modifyFileLock(admin, path, {}),
  'extend retention': ({ fs }) => fs.modifyFileLock(admin, path, { retention_period: '2099-01-01T00:00:00Z' }),
  'set legal hold': ({ fs }) => fs.modifyFileLock(admin, path, { legal_hold: true }),
};

const prepare = (state: keyof typeof states): World => {
  const world = makeWorld();
  world.directory('/dir');
  world.file(path, 'original');
  world.file('/other', 'other');
  world.file('/empty');
  world.fs.createEntry(admin, '/', { name: 'second', action: 'CREATE_LINK', old_path: path });
  world.fs.createStream(admin, path, 'stream');
  world.fs.writeStream(admin, path, '1', Buffer.from('stream data'));
  world.fs.setUserMetadata(admin, path, 's3', 'old', 'b2xk', 'create');
  states[state](world, world.fs.idOf(path) ?? '');
  return world;
};

/** Everything about the file that could tell a change. */
const fingerprint = (world: World): string => {
  const { fs } = world;
  return JSON.stringify([
    fs.getAttributes(admin, path, { retrieveFileLock: true }),
    world.read(path),
    fs.getAcl(admin, path),
    fs.listStreams(admin, path),
    [...fs.readData(admin, path, { streamId: '1' }).chunks()].map(String),
    fs.listUserMetadata(admin, path, null),
    world.names('/'),
    world.names('/dir'),
  ]);
};

const stateNames = Object.keys(states).filter((name): name is keyof typeof states => name in states);

const lockedStates = stateNames.filter((state) => locked.has(state));
const freeStates = stateNames.filter((state) => !locked.has(state));

const runTreeDelete = (world: World): string => {
  const job = world.fs.treeDelete.create(admin, '/dir').id;
  while (world.fs.treeDelete.step(1));
  return job;
};

describe.each(lockedStates)('locked by %s', (state) => {
  test.each(Object.keys(operations))('%s is refused and leaves no trace', (name) => {
    const world = prepare(state);
    const watched = world.watch('/');
    const before = fingerprint(world);
    expect(refusal(() => operations[name]?.(world))).toBe('fs_access_denied_error');
    world.settle();
    expect(fingerprint(world)).toBe(before);
    expect(watched.events).toEqual([]);
  });

  test('tree delete stops and says where', () => {
    const world = prepare(state);
    const id = world.fs.idOf(path) ?? '';
    const job = runTreeDelete(world);
    expect(world.fs.treeDelete.get(job).last_error_message).toContain('/dir/file');
    expect(Buffer.concat([...world.fs.readData(admin, id).chunks()]).toString()).toBe('original');
  });
});

describe.each(freeStates)('not locked: %s', (state) => {
  test.each(Object.keys(operations))('%s works', (name) => {
    const world = prepare(state);
    expect(refusal(() => operations[name]?.(world))).toBeUndefined();
  });

  test('tree delete runs to its end', () => {
    const world = prepare(state);
    const job = runTreeDelete(world);
    expect(refusal(() => world.fs.treeDelete.get(job))).toBe('http_not_found_error');
  });
});

describe.each(stateNames)('whatever the lock: %s', (state) => {
  test.each(Object.keys(harmless))('%s is fine', (name) => {
    const world = prepare(state);
    expect(refusal(() => harmless[name]?.(world))).toBeUndefined();
  });
});

describe('changing the lock', () => {
  const lockOf = ({ fs }: World) => fs.getAttributes(admin, path, { retrieveFileLock: true }).value.lock;
  const change = (world: World, patch: { retention_period?: string | null; legal_hold?: boolean }) =>
    refusal(() => world.fs.modifyFileLock(admin, path, patch));

  test('a file never touched shows both keys', () => {
    expect(lockOf(prepare('none'))).toEqual({ retention_period: null, legal_hold: false });
  });

  test('retention only moves later while it is valid', () => {
    const world = prepare('retention valid');
    expect(change(world, { retention_period: '2031-05-31T23:59:59Z' })).toBe('fs_access_denied_error');
    expect(change(world, { retention_period: null })).toBe('fs_access_denied_error');
    expect(lockOf(world)).toEqual({ retention_period: valid, legal_hold: false });
    expect(change(world, { retention_period: '2031-06-01T00:00:00.000000001Z' })).toBeUndefined();
    expect(lockOf(world)?.retention_period).toBe('2031-06-01T00:00:00.000000001Z');
  });

  test('the same value again, or {}, changes nothing at all', () => {
    const world = prepare('both');
    const before = fingerprint(world);
    world.advance(5n);
    for (const patch of [{}, { retention_period: valid }, { legal_hold: true }]) {
      expect(change(world, patch)).toBeUndefined();
    }
    expect(fingerprint(world)).toBe(before);
  });

  test('a change moves change_time but not the ETag', () => {
    const world = prepare('none');
    const before = world.fs.getAttributes(admin, path);
    world.advance(7n);
    const after = world.fs.modifyFileLock(admin, path, { legal_hold: true }, { ifMatch: before.etag });
    expect(after.etag).toBe(before.etag);
    expect(after.value.change_time).toBe('2030-01-01T00:00:00.000000007Z');
    expect(after.value.modification_time).toBe(before.value.modification_time);
    expect(after.value.lock).toEqual({ retention_period: null, legal_hold: true });
  });

  test('a file that changed since is not locked under If-Match', () => {
    const world = prepare('none');
    const { etag } = world.fs.getAttributes(admin, path);
    world.fs.writeData(admin, path, text);
    expect(refusal(() => world.fs.modifyFileLock(admin, path, { legal_hold: true }, { ifMatch: etag }))).toBe(
      'fs_tag_mismatch_error',
    );
    expect(lockOf(world)?.legal_hold).toBe(false);
  });

  test('hold and retention are independent', () => {
    const world = prepare('both');
    change(world, { legal_hold: false });
    expect(lockOf(world)).toEqual({ retention_period: valid, legal_hold: false });
    expect(refusal(() => operations['replace data']?.(world))).toBe('fs_access_denied_error');
  });

  test('offsets are accepted, rubbish is not', () => {
    const world = prepare('none');
    expect(change(world, { retention_period: '2031-06-01T02:00:00+02:00' })).toBeUndefined();
    expect(lockOf(world)?.retention_period).toBe(valid);
    for (const text of ['tomorrow', '2031-02-30T00:00:00Z', '2031-06-01', '', '2031-06-01T25:00:00Z']) {
      expect(change(world, { retention_period: text })).toBe('decode_error');
    }
  });

  test('the past is refused, by the clock of the cluster', () => {
    const world = prepare('none');
    expect(change(world, { retention_period: '2030-01-01T00:00:00Z' })).toBe('fs_invalid_argument_error');
    expect(change(world, { retention_period: '2030-01-01T00:00:00.000000001Z' })).toBeUndefined();
  });

  test('a lock holds until the very nanosecond', () => {
    const world = prepare('none');
    change(world, { retention_period: '2030-01-01T00:00:01Z' });
    world.advance(999_999_999n);
    expect(refusal(() => operations['delete by path']?.(world))).toBe('fs_access_denied_error');
    world.advance(1n);
    expect(refusal(() => operations['delete by path']?.(world))).toBeUndefined();
  });

  test('directories, symlinks and devices are refused', () => {
    const world = prepare('none');
    world.fs.createEntry(admin, '/', { name: 'link', action: 'CREATE_SYMLINK', old_path: path });
    for (const ref of ['/dir', '/', '/link']) {
      expect(refusal(() => world.fs.modifyFileLock(admin, ref, { legal_hold: true }))).toBe(
        'fs_invalid_file_type_error',
      );
    }
  });

  test('it takes the privilege and WRITE_ACL; reading it takes READ_ACL', () => {
    const world = prepare('legal hold');
    const joe = userOf(1000, 1000, ['PRIVILEGE_FS_FILE_LOCK_WRITE']);
    expect(refusal(() => world.fs.modifyFileLock(joe, path, { legal_hold: false }))).toBe('fs_access_denied_error');
    expect(world.fs.getAttributes(joe, path, { retrieveFileLock: true }).value.lock?.legal_hold).toBe(true);
    expect(world.fs.getAttributes(joe, path).value).not.toHaveProperty('lock');
  });

  test('hard links share one lock', () => {
    const world = prepare('legal hold');
    expect(refusal(() => world.fs.writeData(admin, '/second', text))).toBe('fs_access_denied_error');
  });
});
