/** Sparse data, copy-chunk, streams, metadata, quotas, aggregates, tree delete, restart. */
import { describe, expect, test } from 'vitest';
import { type CopyChunk, FileSystem } from '../../src/fs/index.ts';
import { admin, makeWorld, refusal, userOf, type World } from './fixture.ts';

const tebibyte = 2 ** 40;
const copyAll = ({ fs }: World, target: string, first: CopyChunk): number => {
  let calls = 0;
  for (let body: CopyChunk | null = first; body !== null; calls += 1) body = fs.copyChunk(admin, target, body).value;
  return calls;
};

describe('data', () => {
  test('a hole of 1 TiB costs nothing and reads as zeros', () => {
    const world = makeWorld();
    world.file('/f', 'head');
    const after = world.fs.writeData(admin, '/f', Buffer.from('tail'), { offset: tebibyte }).value;
    expect(after).toMatchObject({ size: String(tebibyte + 4), datablocks: '2' });
    const read = world.fs.readData(admin, '/f', { offset: tebibyte - 2, length: 100 });
    expect(Buffer.concat([...read.chunks()]).toString()).toBe('\0\0tail');
    expect(world.fs.setAttributes(admin, '/f', { size: '2' }).value).toMatchObject({ size: '2', datablocks: '1' });
    expect(world.read('/f')).toBe('he');
  });

  test('what truncation cut off does not come back', () => {
    const world = makeWorld();
    world.file('/f', 'secret');
    world.fs.setAttributes(admin, '/f', { size: '2' });
    world.fs.setAttributes(admin, '/f', { size: '6' });
    expect(world.read('/f')).toBe('se\0\0\0\0');
  });

  test('reading past the end succeeds with nothing', () => {
    const world = makeWorld();
    world.file('/f', 'x');
    expect(world.fs.readData(admin, '/f', { offset: 10 }).length).toBe(0);
  });

  test('a long read stays as it was while the file changes under it', () => {
    const world = makeWorld();
    world.file('/f', 'a'.repeat(3 * 2 ** 20));
    const chunks = world.fs.readData(admin, '/f').chunks();
    world.fs.writeData(admin, '/f', Buffer.from('b'.repeat(100)), { offset: 2 * 2 ** 20 });
    world.fs.setAttributes(admin, '/f', { size: '5' });
    const all = Buffer.concat([...chunks]);
    expect(all.length).toBe(3 * 2 ** 20);
    expect(all.every((byte) => byte === 97)).toBe(true);
  });

  test('punching frees whole blocks and zeroes the rest', () => {
    const world = makeWorld();
    world.file('/f', 'x'.repeat(3 * 4096));
    const after = world.fs.punchHole(admin, '/f', { offset: 4000, size: 4200 }).value;
    expect(after).toMatchObject({ size: '12288', datablocks: '2' });
    const text = world.read('/f');
    expect(text.slice(0, 4000)).toBe('x'.repeat(4000));
    expect(text.slice(4000, 8200)).toBe('\0'.repeat(4200));
    expect(text.slice(8200)).toBe('x'.repeat(12_288 - 8200));
  });

  test('a copy is equal in all that content decides: size, blocks, data revision', () => {
    const world = makeWorld();
    const original = world.file('/f', 'x'.repeat(10_000));
    world.fs.punchHole(admin, '/f', { offset: 4096, size: 4096 });
    world.file('/g');
    expect(copyAll(world, '/g', { source_id: original.id })).toBe(1);
    const pick = (path: string) => {
      const { blocks, datablocks, metablocks, size } = world.fs.getAttributes(admin, path).value;
      return { blocks, datablocks, metablocks, size };
    };
    expect(pick('/g')).toEqual(pick('/f'));
    expect(world.read('/g')).toBe(world.read('/f'));
    world.file('/one', 'once written');
    world.file('/two');
    copyAll(world, '/two', { source_path: '/one' });
    expect(world.fs.getAttributes(admin, '/two').value.data_revision).toBe(
      world.fs.getAttributes(admin, '/one').value.data_revision,
    );
  });

  test('copying an empty file leaves no trace on the target', () => {
    const world = makeWorld();
    world.file('/f');
    world.file('/g');
    const before = world.fs.getAttributes(admin, '/g');
    world.advance(5n);
    expect(world.fs.copyChunk(admin, '/g', { source_path: '/f' })).toEqual({ value: null, etag: before.etag });
    expect(world.fs.getAttributes(admin, '/g')).toEqual(before);
  });

  test('copy in steps: each answer is the next request; ranges and ETags are honoured', () => {
    const world = makeWorld({ copyChunkLimit: 4 });
    const source = world.file('/f', '0123456789');
    world.file('/g');
    expect(copyAll(world, '/g', { source_id: source.id })).toBe(3);
    expect(world.read('/g')).toBe('0123456789');
    expect(copyAll(world, '/g', { source_id: source.id, source_offset: '8', target_offset: '1', length: '2' })).toBe(1);
    expect(world.read('/g')).toBe('0893456789');
    expect(refusal(() => world.fs.copyChunk(admin, '/g', { source_id: source.id, source_etag: 'old' }))).toBe(
      'fs_tag_mismatch_error',
    );
    expect(refusal(() => world.fs.copyChunk(admin, '/g', { source_id: source.id }, { ifMatch: 'old' }))).toBe(
      'fs_tag_mismatch_error',
    );
    expect(refusal(() => world.fs.copyChunk(admin, '/g', {}))).toBe('decode_error');
  });

  test('copying within one file reads what was there before', () => {
    const world = makeWorld();
    const { id } = world.file('/f', 'abcdef');
    copyAll(world, '/f', { source_id: id, source_offset: '0', target_offset: '2', length: '4' });
    expect(world.read('/f')).toBe('ababcd');
  });

  test('a copy of whole chunks and its source go their own ways', () => {
    const world = makeWorld();
    const { id } = world.file('/f', 'a'.repeat(200_000));
    world.file('/g', 'z'.repeat(250_000));
    copyAll(world, '/g', { source_id: id });
    world.fs.writeData(admin, '/f', Buffer.from('F'), { offset: 70_000 });
    world.fs.writeData(admin, '/g', Buffer.from('G'), { offset: 70_001 });
    expect(world.read('/f')).toBe(`${'a'.repeat(70_000)}F${'a'.repeat(129_999)}`);
    expect(world.read('/g')).toBe(`${'a'.repeat(70_001)}G${'a'.repeat(129_998)}${'z'.repeat(50_000)}`);
  });

  test('the SDK fetch loop ends', () => {
    const world = makeWorld();
    world.file('/f', 'x');
    world.fs.setAttributes(admin, '/f', { size: String(100 * 2 ** 20) });
    expect(world.fs.fetchData(admin, '/f', { offset: 0 })).toEqual({
      bytes_fetched: '67108864',
      next_offset: '67108864',
    });
    expect(world.fs.fetchData(admin, '/f', { offset: 67_108_864 }).next_offset).toBeNull();
  });
});

describe('streams', () => {
  test('have data of their own, ids that are not used twice, and copies by id', () => {
    const world = makeWorld();
    world.file('/f', 'default');
    const first = world.fs.createStream(admin, '/f', 'one').value;
    expect(first).toEqual({ name: 'one', id: '1', size: '0', datablocks: '0', data_revision: '0' });
    world.fs.writeStream(admin, '/f', '1', Buffer.from('stream'));
    expect(world.read('/f')).toBe('default');
    world.fs.createStream(admin, '/f', 'two');
    world.fs.copyChunk(admin, '/f', { source_path: '/f', source_stream_id: '1' }, { streamId: '2' });
    expect(Buffer.concat([...world.fs.readData(admin, '/f', { streamId: '2' }).chunks()]).toString()).toBe('stream');
    world.fs.removeStream(admin, '/f', '2');
    expect(world.fs.createStream(admin, '/f', 'two').value.id).toBe('3');
    expect(world.fs.listStreams(admin, '/f').value.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(refusal(() => world.fs.readData(admin, '/f', { streamId: '2' }))).toBe('fs_no_such_entry_error');
    expect(refusal(() => world.fs.createStream(admin, '/f', 'one'))).toBe('fs_entry_exists_error');
  });
});

describe('user metadata', () => {
  test('is kept by type and key, case of the type aside, and moves its revision', () => {
    const world = makeWorld();
    world.file('/f');
    world.fs.setUserMetadata(admin, '/f', 'generic', 'k', 'dmFsdWU=', 'create');
    expect(refusal(() => world.fs.setUserMetadata(admin, '/f', 'GENERIC', 'k', '', 'create'))).toBe(
      'fs_entry_exists_error',
    );
    world.fs.setUserMetadata(admin, '/f', 'S3', 'k', '', 'upsert');
    expect(world.fs.getUserMetadata(admin, '/f', 'Generic', 'k').value).toEqual({
      type: 'GENERIC',
      key: 'k',
      value: 'dmFsdWU=',
    });
    expect(world.fs.getAttributes(admin, '/f').value.user_metadata_revision).toBe('2');
    const page = world.fs.listUserMetadata(admin, '/f', null, { limit: 1 }).value;
    expect(page.entries.map(({ type }) => type)).toEqual(['GENERIC']);
    expect(world.fs.listUserMetadata(admin, '/f', null, { limit: 1, after: page.next ?? '' }).value).toEqual({
      entries: [{ type: 'S3', key: 'k', value: '' }],
      next: null,
    });
    world.fs.deleteUserMetadata(admin, '/f', 's3', 'k');
    expect(refusal(() => world.fs.deleteUserMetadata(admin, '/f', 's3', 'k'))).toBe('fs_no_such_entry_error');
    expect(refusal(() => world.fs.setUserMetadata(admin, '/f', 'odd', 'k', '', 'create'))).toBe('decode_error');
    expect(refusal(() => world.fs.setUserMetadata(admin, '/f', 'well_known', 'k', '', 'create'))).toBe('decode_error');
    const large = Buffer.alloc(400_000).toString('base64');
    expect(refusal(() => world.fs.setUserMetadata(admin, '/f', 's3', 'k', large, 'create'))).toBe(
      'fs_user_metadata_too_large_error',
    );
  });
});

describe('quotas', () => {
  const quota = (world: World, path: string, blocks: number) =>
    world.fs.quotas.create(world.fs.idOf(path) ?? '', String(blocks * 4096));

  test('stop growth below their directory, and nothing else', () => {
    const world = makeWorld();
    world.directory('/d');
    world.directory('/d/e');
    quota(world, '/d', 5);
    world.file('/d/e/f', 'x'.repeat(4096));
    const grow = (path: string, size: number) => refusal(() => world.fs.writeData(admin, path, Buffer.alloc(size)));
    expect(grow('/d/e/f', 8193)).toBe('fs_quota_exceeded_error');
    expect(grow('/d/e/f', 4000)).toBeUndefined();
    expect(refusal(() => world.file('/d/e/g'))).toBeUndefined();
    expect(refusal(() => world.file('/d/e/h'))).toBe('fs_quota_exceeded_error');
    world.file('/free');
    expect(grow('/free', 100_000)).toBeUndefined();
    expect(refusal(() => world.fs.createEntry(admin, '/d', { name: 'in', action: 'RENAME', old_path: '/free' }))).toBe(
      'fs_quota_exceeded_error',
    );
    expect(
      refusal(() => world.fs.createEntry(admin, '/d', { name: 'g', action: 'RENAME', old_path: '/d/e/g' })),
    ).toBeUndefined();
    expect(world.fs.quotas.getStatus(world.fs.idOf('/d') ?? '')).toMatchObject({
      path: '/d/',
      limit: '20480',
      capacity_usage: '20480',
    });
  });

  test('are made once, changed, removed; the root may have one', () => {
    const world = makeWorld();
    expect(refusal(() => world.fs.quotas.update('2', '1'))).toBe('api_quotas_quota_limit_not_found_error');
    world.fs.quotas.create('2', '1000000');
    expect(refusal(() => world.fs.quotas.create('2', '5'))).toBe('api_quotas_quota_limit_already_set_error');
    expect(world.fs.quotas.update('2', '7')).toEqual({ id: '2', limit: '7' });
    expect(world.fs.quotas.list()).toEqual({ entries: [{ id: '2', limit: '7' }], next: null });
    world.fs.quotas.remove('2');
    expect(refusal(() => world.fs.quotas.get('2'))).toBe('api_quotas_quota_limit_not_found_error');
  });
});

describe('aggregates', () => {
  test('sum what is below, ordered by size', () => {
    const world = makeWorld();
    world.directory('/d');
    world.directory('/d/e');
    world.file('/d/small', 'x');
    world.file('/d/e/large', 'x'.repeat(10_000));
    const sums = world.fs.aggregates(admin, '/d');
    expect(sums).toMatchObject({ path: '/d/', total_files: '2', total_directories: '1', total_data: '16384' });
    expect(sums.files.map(({ name }) => name)).toEqual(['e', 'small']);
    expect(world.fs.recursiveAggregates(admin, '/', { maxDepth: 2 }).map(({ path }) => path)).toEqual(['/', '/d/']);
    expect(world.fs.sample(admin, '/', { by: 'data', limit: 3 }).map(({ name }) => name)).toContain('/d/e/large');
  });
});

describe('tree delete', () => {
  const tree = (): World => {
    const world = makeWorld();
    world.directory('/d');
    world.directory('/d/e');
    for (let i = 0; i < 5; i += 1) world.file(`/d/e/${i}`, 'x');
    return world;
  };

  test('the name goes at once and is free again, the contents follow step by step', () => {
    const world = tree();
    const job = world.fs.treeDelete.create(admin, '/d');
    expect(job).toMatchObject({
      initial_path: '/d/',
      initial_files: '5',
      initial_directories: '2',
      last_error_message: null,
    });
    expect(refusal(() => world.fs.getAttributes(admin, '/d'))).toBe('fs_no_such_entry_error');
    world.directory('/d');
    expect(world.fs.treeDelete.step(3)).toBe(true);
    expect(world.fs.treeDelete.list()).toHaveLength(1);
    expect(Number(world.fs.treeDelete.get(job.id).remaining_files)).toBeLessThan(5);
    while (world.fs.treeDelete.step(3));
    expect(refusal(() => world.fs.treeDelete.get(job.id))).toBe('http_not_found_error');
    expect(world.fs.aggregates(admin, '/')).toMatchObject({ total_files: '0', total_directories: '1' });
  });

  test('stops at a locked file, goes on after a restart, and a cancelled one gives back what is left', () => {
    const world = tree();
    world.fs.modifyFileLock(admin, '/d/e/3', { legal_hold: true });
    const id = world.fs.idOf('/d/e/3') ?? '';
    const job = world.fs.treeDelete.create(admin, '/d').id;
    while (world.fs.treeDelete.step(100));
    expect(world.fs.treeDelete.get(job).last_error_message).toContain('/d/e/3');
    world.fs.treeDelete.restart(job);
    while (world.fs.treeDelete.step(100));
    expect(world.fs.treeDelete.get(job).remaining_files).not.toBe('0');
    world.fs.treeDelete.cancel(job);
    expect(world.fs.getAttributes(admin, id).value.path).toBe('/d/e/3');
    world.fs.modifyFileLock(admin, id, { legal_hold: false });
    world.fs.treeDelete.create(admin, '/d');
    while (world.fs.treeDelete.step(100));
    expect(refusal(() => world.fs.getAttributes(admin, id))).toBe('fs_no_such_inode_error');
  });

  test('what a locked file stopped is back under its name, can be deleted anew or by hand, and leaves no job behind', () => {
    const world = tree();
    world.fs.modifyFileLock(admin, '/d/e/3', { legal_hold: true });
    const job = world.fs.treeDelete.create(admin, '/d').id;
    while (world.fs.treeDelete.step(100));
    expect(world.fs.getAttributes(admin, '/d/e/3', { retrieveFileLock: true }).value.lock?.legal_hold).toBe(true);
    expect(world.fs.treeDelete.create(admin, '/d').last_error_message).toBeNull();
    while (world.fs.treeDelete.step(100));
    expect(world.fs.treeDelete.get(job).last_error_message).toContain('/d/e/3');
    world.fs.modifyFileLock(admin, '/d/e/3', { legal_hold: false });
    for (let i = 0; i < 5; i += 1) if (world.fs.idOf(`/d/e/${i}`) !== null) world.fs.delete(admin, `/d/e/${i}`);
    world.fs.delete(admin, '/d/e');
    world.fs.delete(admin, '/d');
    expect(world.fs.treeDelete.list()).toEqual([]);
  });

  test('nothing can be put into a tree that is going', () => {
    const world = tree();
    const inside = world.fs.idOf('/d/e') ?? '';
    world.file('/f');
    world.fs.treeDelete.create(admin, '/d');
    expect(refusal(() => world.fs.createEntry(admin, inside, { name: 'n', action: 'CREATE_FILE' }))).toBe(
      'fs_no_such_inode_error',
    );
    expect(refusal(() => world.fs.createEntry(admin, inside, { name: 'n', action: 'RENAME', old_path: '/f' }))).toBe(
      'fs_no_such_inode_error',
    );
    world.fs.delete(admin, world.fs.list(admin, inside).value.files[0]?.id ?? '');
    while (world.fs.treeDelete.step(1));
    expect(world.fs.treeDelete.list()).toEqual([]);
  });

  test('the root and files are refused', () => {
    const world = tree();
    expect(refusal(() => world.fs.treeDelete.create(admin, '2'))).toBe('fs_invalid_argument_error');
    expect(refusal(() => world.fs.treeDelete.create(admin, '/d/e/1'))).toBe('fs_not_a_directory_error');
    expect(refusal(() => world.fs.treeDelete.create(admin, '12345'))).toBe('fs_no_such_inode_error');
  });
});

describe('restart', () => {
  test('keeps the tree, ids, locks and snapshots; watchers are gone', () => {
    const world = makeWorld();
    const before = world.file('/f', 'x');
    world.fs.modifyFileLock(admin, '/f', { legal_hold: true });
    const snapshot = world.fs.snapshots.create({ name: 's', source_file_id: '2' }).id;
    world.watch('/');
    const again = FileSystem.restore(world.fs.serialize(), world.options);
    expect(again.getAttributes(admin, before.id).value.path).toBe('/f');
    expect(refusal(() => again.delete(admin, '/f'))).toBe('fs_access_denied_error');
    expect(again.list(admin, '/', { snapshot }).value.files).toHaveLength(1);
    expect(again.watch.size).toBe(0);
    expect(Number(again.createEntry(admin, '/', { name: 'g', action: 'CREATE_FILE' }).value.id)).toBeGreaterThan(
      Number(before.id),
    );
  });
});

describe('listing', () => {
  test('pages cover every entry once while others come and go', () => {
    const world = makeWorld();
    world.directory('/d');
    for (let i = 0; i < 500; i += 1) world.file(`/d/keep ${i}`);
    const seen: string[] = [];
    let round = 0;
    for (let after: string | null = ''; after !== null; round += 1) {
      const { value } = world.fs.list(admin, '/d', { after, limit: 7 });
      seen.push(...value.files.map(({ name }) => name));
      world.file(`/d/new ${round}`);
      if (round > 0) world.fs.delete(admin, `/d/new ${round - 1}`);
      after = value.next;
    }
    const kept = seen.filter((name) => name.startsWith('keep'));
    expect(kept).toHaveLength(500);
    expect(new Set(kept).size).toBe(500);
  });

  test.each([
    ['*', ['Report.TXT', 'a.txt', 'b', 'c.tar.gz']],
    ['*.txt', ['Report.TXT', 'a.txt']],
    ['?', ['b']],
    ['*.*', ['Report.TXT', 'a.txt', 'b', 'c.tar.gz']],
    ['c*z', ['c.tar.gz']],
    ['a', []],
  ])('pattern %j', (smbPattern, expected) => {
    const world = makeWorld();
    for (const name of ['a.txt', 'b', 'c.tar.gz', 'Report.TXT']) world.file(`/${name}`);
    expect(
      world.fs
        .list(admin, '/', { smbPattern })
        .value.files.map(({ name }) => name)
        .sort(),
    ).toEqual(expected);
  });

  test('ACLs are pooled; null where they may not be read', () => {
    const world = makeWorld();
    world.file('/a');
    world.file('/b');
    world.file('/c');
    world.fs.setAcl(admin, '/c', { control: ['PRESENT'], posix_special_permissions: [], aces: [] });
    const { files, file_acls: acls } = world.fs.list(userOf(1), '/', { includeAcls: true }).value;
    expect(acls?.acl_pool).toHaveLength(1);
    const indices = new Map(files.map(({ name }, index) => [name, acls?.acl_indices[index]]));
    expect(indices).toEqual(
      new Map([
        ['a', 0],
        ['b', 0],
        ['c', null],
      ]),
    );
  });

  test('bad positions and sizes are refused', () => {
    const { fs } = makeWorld();
    expect(refusal(() => fs.list(admin, '/', { after: 'x' }))).toBe('decode_error');
    expect(refusal(() => fs.list(admin, '/', { limit: 0 }))).toBe('decode_error');
  });
});
