/** Which events each action sends (FACTS 6.4), to whom, and how watchers are served. */
import { describe, expect, test } from 'vitest';
import type { ChangeEvent, WatchEvent } from '../../src/fs/index.ts';
import { admin, makeWorld, refusal, userOf, type World } from './fixture.ts';

const brief = ({ type, path, stream_name }: WatchEvent): string =>
  `${type.replace('child_', '')} ${path}${stream_name === null ? '' : `:${stream_name}`}`;

const scene = (): World => {
  const world = makeWorld();
  world.directory('/w');
  world.directory('/w/d');
  world.directory('/out');
  world.file('/w/d/f', 'text');
  world.file('/out/o', 'text');
  world.fs.createStream(admin, '/w/d/f', 's');
  return world;
};

const f = '/w/d/f';

/** Action, then the events a recursive watch on /w gets. */
const table: readonly (readonly [string, (world: World) => unknown, readonly string[]])[] = [
  ['create a file', (w) => w.file('/w/d/n'), ['file_added d/n']],
  ['create a directory', (w) => w.directory('/w/d/n'), ['dir_added d/n']],
  [
    'create a symlink',
    ({ fs }) => fs.createEntry(admin, '/w', { name: 's', action: 'CREATE_SYMLINK', old_path: 'x' }),
    ['file_added s'],
  ],
  [
    'create a hard link',
    ({ fs }) => fs.createEntry(admin, '/w', { name: 'h', action: 'CREATE_LINK', old_path: '/out/o' }),
    ['file_added h'],
  ],
  [
    'replace data, other size',
    ({ fs }) => fs.writeData(admin, f, Buffer.from('longer text')),
    ['data_written d/f', 'size_changed d/f', 'mtime_changed d/f'],
  ],
  [
    'replace data, same size',
    ({ fs }) => fs.writeData(admin, f, Buffer.from('TEXT')),
    ['data_written d/f', 'mtime_changed d/f'],
  ],
  [
    'write at an offset',
    ({ fs }) => fs.writeData(admin, f, Buffer.from('x'), { offset: 1 }),
    ['data_written d/f', 'mtime_changed d/f'],
  ],
  ['truncate', ({ fs }) => fs.setAttributes(admin, f, { size: '1' }), ['size_changed d/f', 'mtime_changed d/f']],
  [
    'punch a hole',
    ({ fs }) => fs.punchHole(admin, f, { offset: 0, size: 2 }),
    ['data_written d/f', 'mtime_changed d/f'],
  ],
  [
    'copy a chunk into it',
    ({ fs }) => fs.copyChunk(admin, f, { source_path: '/out/o' }),
    ['data_written d/f', 'mtime_changed d/f'],
  ],
  ['unlink', ({ fs }) => fs.unlink(admin, '/w/d', 'f'), ['file_removed d/f']],
  [
    'remove a directory',
    (w) => (w.fs.delete(admin, f), w.fs.delete(admin, '/w/d')),
    ['file_removed d/f', 'dir_removed d'],
  ],
  ['tree delete', (w) => (w.fs.treeDelete.create(admin, '/w/d'), w.fs.treeDelete.step()), ['dir_removed d']],
  [
    'rename a file',
    ({ fs }) => fs.createEntry(admin, '/w', { name: 'g', action: 'RENAME', old_path: f }),
    ['file_moved_from d/f', 'file_moved_to g'],
  ],
  [
    'rename a directory',
    ({ fs }) => fs.createEntry(admin, '/w', { name: 'e', action: 'RENAME', old_path: '/w/d' }),
    ['dir_moved_from d', 'dir_moved_to e'],
  ],
  [
    'move out',
    ({ fs }) => fs.createEntry(admin, '/out', { name: 'g', action: 'RENAME', old_path: f }),
    ['file_moved_from d/f'],
  ],
  [
    'move in',
    ({ fs }) => fs.createEntry(admin, '/w', { name: 'g', action: 'RENAME', old_path: '/out/o' }),
    ['file_moved_to g'],
  ],
  [
    'rename over',
    ({ fs }) => fs.createEntry(admin, '/w/d', { name: 'f', action: 'RENAME', old_path: '/out/o', clobber: true }),
    ['file_removed d/f', 'file_moved_to d/f'],
  ],
  ['chmod', ({ fs }) => fs.setAttributes(admin, f, { mode: '0600' }), ['acl_changed d/f']],
  ['chown', ({ fs }) => fs.setAttributes(admin, f, { owner: '501' }), ['owner_changed d/f']],
  ['chgrp', ({ fs }) => fs.setAttributes(admin, f, { group: '514' }), ['group_changed d/f']],
  ['put an ACL', ({ fs }) => fs.setAcl(admin, f, fs.getAcl(admin, f).value), ['acl_changed d/f']],
  [
    'set times',
    ({ fs }) =>
      fs.setAttributes(admin, f, {
        modification_time: '2020-01-01T00:00:00Z',
        access_time: '2020-01-01T00:00:00Z',
        creation_time: '2020-01-01T00:00:00Z',
      }),
    ['mtime_changed d/f', 'atime_changed d/f', 'btime_changed d/f'],
  ],
  [
    'SMB flags',
    ({ fs }) => fs.setAttributes(admin, f, { extended_attributes: { hidden: true } }),
    ['extra_attrs_changed d/f'],
  ],
  ['add a stream', ({ fs }) => fs.createStream(admin, f, 't'), ['stream_added d/f:t']],
  [
    'write a stream',
    ({ fs }) => fs.writeStream(admin, f, '1', Buffer.from('x')),
    ['stream_data_written d/f:s', 'stream_size_changed d/f:s'],
  ],
  [
    'rename a stream',
    ({ fs }) => fs.renameStream(admin, f, '1', 't'),
    ['stream_moved_from d/f:s', 'stream_moved_to d/f:t'],
  ],
  ['remove a stream', ({ fs }) => fs.removeStream(admin, f, '1'), ['stream_removed d/f:s']],
  ['lock', ({ fs }) => fs.modifyFileLock(admin, f, { legal_hold: true }), []],
  ['user metadata', ({ fs }) => fs.setUserMetadata(admin, f, 'generic', 'k', '', 'create'), []],
  ['snapshot', ({ fs }) => fs.snapshots.create({ name: 's', source_file_id: '2' }), []],
  ['read', ({ fs }) => fs.readData(admin, f), []],
  ['a refused change', ({ fs }) => refusal(() => fs.delete(admin, '/w/d')), []],
];

describe('events of an action', () => {
  test.each(table)('%s', (_, act, expected) => {
    const world = scene();
    const watched = world.watch('/w');
    act(world);
    world.settle();
    expect(watched.events.map(brief)).toEqual(expected);
  });

  test('reads move the access time only when the cluster keeps it', () => {
    const world = scene();
    world.fs.settings.atime = { enabled: true, granularity: 'HOUR' };
    const watched = world.watch('/w');
    world.advance(3_600_000_000_000n);
    world.fs.readData(admin, f, { skipAtimeUpdate: true });
    world.fs.readData(admin, f);
    world.fs.readData(admin, f);
    world.settle();
    expect(watched.events.map(brief)).toEqual(['atime_changed d/f']);
  });
});

describe('what a watcher sees', () => {
  test('spine: ids from the watched directory to the object; both halves of a rename inside share it', () => {
    const world = scene();
    const [w, d, file] = ['/w', '/w/d', f].map((path) => world.fs.idOf(path));
    const watched = world.watch('/w');
    world.fs.createEntry(admin, '/w/d', { name: 'g', action: 'RENAME', old_path: f });
    world.settle();
    expect(watched.events.map(({ spine }) => spine)).toEqual([
      [w, d, file],
      [w, d, file],
    ]);
    expect(watched.events[0]).toEqual({
      type: 'child_file_moved_from',
      spine: [w, d, file],
      path: 'd/f',
      stream_name: null,
    });
  });

  test('without recursion only direct children', () => {
    const world = scene();
    const watched = world.watch('/w', false);
    world.file('/w/d/deep');
    world.file('/w/direct');
    world.settle();
    expect(watched.events.map(brief)).toEqual(['file_added direct']);
  });

  test('a filter lets only its types through, but never keeps self_removed back', () => {
    const world = scene();
    world.fs.delete(admin, f);
    const watched = world.watch('/w/d', true, ['child_file_added']);
    world.directory('/w/d/x');
    world.file('/w/d/y');
    world.fs.delete(admin, '/w/d/x');
    world.fs.delete(admin, '/w/d/y');
    world.fs.delete(admin, '/w/d');
    world.settle();
    expect(watched.events.map(brief)).toEqual(['file_added y', 'self_removed ']);
    expect(watched.ended).toBe('self_removed');
    expect(world.fs.watch.size).toBe(0);
  });

  test('a renamed directory stays watched, seen from where it is now', () => {
    const world = scene();
    const inside = world.watch('/w/d');
    const above = world.watch('/out');
    world.fs.createEntry(admin, '/out', { name: 'e', action: 'RENAME', old_path: '/w/d' });
    world.file('/out/e/n');
    world.settle();
    expect(inside.events.map(brief)).toEqual(['file_added n']);
    expect(above.events.map(brief)).toEqual(['dir_moved_to e', 'file_added e/n']);
  });

  test('every change of a file with two names is told where it was made', () => {
    const world = scene();
    world.fs.createEntry(admin, '/out', { name: 'h', action: 'CREATE_LINK', old_path: f });
    const watched = world.watch('/out');
    world.fs.writeData(admin, '/out/h', Buffer.from('TEXT'));
    world.settle();
    expect(watched.events.map(brief)).toEqual(['data_written h', 'mtime_changed h']);
  });

  test('onChange tells every change with its chain from the root, in order', () => {
    const world = scene();
    const events: ChangeEvent[] = [];
    const stop = world.fs.onChange((event) => events.push(event));
    world.file('/w/d/n', 'x');
    stop();
    world.file('/w/d/m');
    expect(events.map(({ type }) => type)).toEqual([
      'child_file_added',
      'child_data_written',
      'child_size_changed',
      'child_mtime_changed',
    ]);
    expect(events[0]).toMatchObject({ components: ['w', 'd', 'n'], streamName: null });
    expect(events[0]?.chain[0]).toBe('2');
    expect(events[0]?.chain).toHaveLength(4);
  });
});

describe('who may watch', () => {
  const open = (
    { fs }: World,
    caller: Parameters<World['fs']['watch']['open']>[0],
    path: string,
    recursive: boolean,
    filter?: string[],
  ) => refusal(() => fs.watch.open(caller, path, { recursive, filter }, { batch: () => true, end: () => undefined }));

  test('not recursive: READ on the directory; recursive: a privilege', () => {
    const world = scene();
    const joe = userOf(1000);
    expect(open(world, joe, '/w', false)).toBeUndefined();
    expect(open(world, joe, '/w', true)).toBe('http_unauthorized_error');
    world.fs.setAttributes(admin, '/w', { mode: '0711' });
    expect(open(world, joe, '/w', false)).toBe('fs_access_denied_error');
  });

  test('a missing path, a file and an unknown type are refused', () => {
    const world = scene();
    expect(open(world, admin, '/nope', true)).toBe('fs_no_such_entry_error');
    expect(open(world, admin, f, true)).toBe('fs_not_a_directory_error');
    expect(open(world, admin, '/w', true, ['child_size_change'])).toBe('decode_error');
    expect(world.fs.watch.size).toBe(0);
  });

  test('recursive mode DISABLED_ERROR refuses, DISABLED_IGNORE delivers direct children only', () => {
    const world = scene();
    world.fs.settings.notifyMode = 'DISABLED_ERROR';
    expect(open(world, admin, '/w', true)).toBe('fs_recursive_notify_disabled_error');
    expect(open(world, admin, '/w', false)).toBeUndefined();
    world.fs.settings.notifyMode = 'DISABLED_IGNORE';
    const watched = world.watch('/w', true);
    world.file('/w/direct');
    world.file('/w/d/deep');
    world.settle();
    expect(watched.events.map(brief)).toEqual(['file_added direct']);
  });
});

describe('delivery', () => {
  test('changes of one turn come as one batch, in order, after the operation', () => {
    const world = scene();
    const watched = world.watch('/w');
    for (let i = 0; i < 5; i += 1) world.file(`/w/${i}`);
    expect(watched.events).toEqual([]);
    world.settle();
    expect(watched.events.map(brief)).toEqual([0, 1, 2, 3, 4].map((i) => `file_added ${i}`));
    expect(watched.batches).toEqual([5]);
  });

  test('large bursts are cut into batches, one a turn', () => {
    const world = makeWorld({ watcherBatchLimit: 10 });
    const watched = world.watch('/');
    for (let i = 0; i < 25; i += 1) world.file(`/${i}`);
    world.settle();
    expect(watched.batches).toEqual([10, 10, 5]);
    expect(watched.events.map(({ path }) => path)).toEqual(Array.from({ length: 25 }, (_, i) => String(i)));
  });

  test('a slow watcher gets nothing until it resumes, loses nothing below the limit, and holds nobody up', () => {
    const world = makeWorld();
    const slow: string[] = [];
    const quick = world.watch('/');
    const handle = world.fs.watch.open(
      admin,
      '/',
      { recursive: true },
      {
        batch: (events) => {
          slow.push(...events.map(({ path }) => path));
          return false;
        },
        end: () => undefined,
      },
    );
    for (const name of ['a', 'b', 'c']) {
      world.file(`/${name}`);
      world.settle();
    }
    expect(slow).toEqual(['a']);
    expect(quick.events).toHaveLength(3);
    expect(handle.queued).toBe(2);
    handle.resume();
    world.settle();
    expect(slow).toEqual(['a', 'b', 'c']);
  });

  test('a watcher that falls too far behind is ended and told so', () => {
    const world = makeWorld({ watcherQueueLimit: 3 });
    const watched = world.watch('/');
    const other = world.watch('/', true, ['child_dir_added']);
    for (let i = 0; i < 4; i += 1) world.file(`/${i}`);
    world.directory('/d');
    world.settle();
    expect(watched.ended).toBe('overflow');
    expect(watched.events).toEqual([]);
    expect(other.events.map(brief)).toEqual(['dir_added d']);
    expect(world.fs.watch.size).toBe(1);
  });

  test('a closed watcher hears nothing more', () => {
    const world = makeWorld();
    const watched = world.watch('/');
    world.file('/a');
    watched.handle.close();
    world.file('/b');
    world.settle();
    expect(watched.events).toEqual([]);
    expect(watched.ended).toBeNull();
  });

  test('overflow on demand', () => {
    const world = makeWorld();
    const watched = world.watch('/');
    for (const handle of world.fs.watch.handles()) handle.overflow();
    world.settle();
    expect(watched.ended).toBe('overflow');
  });

  test('a thousand watchers of one directory share one event', () => {
    const world = makeWorld();
    const watchers = Array.from({ length: 1000 }, () => world.watch('/'));
    world.file('/a');
    world.settle();
    expect(new Set(watchers.map(({ events }) => events[0])).size).toBe(1);
    expect(watchers.every(({ events }) => events.length === 1)).toBe(true);
  });
});
