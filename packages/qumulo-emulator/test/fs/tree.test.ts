import { describe, expect, test } from 'vitest';
import { FsError } from '../../src/fs/index.ts';
import { admin, makeWorld, refusal, userOf } from './fixture.ts';

describe('tree', () => {
  test('the root is id 2, path /, a directory with nothing in it', () => {
    const { fs } = makeWorld();
    const { value } = fs.getAttributes(admin, '/');
    expect(value).toMatchObject({
      id: '2',
      path: '/',
      name: '',
      type: 'FS_FILE_TYPE_DIRECTORY',
      child_count: 0,
      num_links: 2,
      size: '0',
    });
    expect(fs.getAttributes(admin, '2').value).toEqual(value);
  });

  test('a file is found by path, by path with a trailing slash, and by id', () => {
    const world = makeWorld();
    world.directory('/a');
    const made = world.file('/a/f', 'hello');
    expect(made).toMatchObject({ path: '/a/f', name: 'f', size: '5', num_links: 1, mode: '0644', data_revision: '1' });
    expect(world.fs.getAttributes(admin, made.id).value).toEqual(made);
    expect(world.fs.getAttributes(admin, '/a/').value).toMatchObject({
      path: '/a/',
      name: 'a',
      child_count: 1,
      size: '512',
    });
    expect(world.read('/a/f')).toBe('hello');
  });

  test('times carry nanoseconds, trailing zeros trimmed', () => {
    const world = makeWorld();
    expect(world.file('/whole').creation_time).toBe('2030-01-01T00:00:00Z');
    world.advance(1_101_479_950n);
    expect(world.file('/part').creation_time).toBe('2030-01-01T00:00:01.10147995Z');
  });

  test.each([
    ['space and %2F', 'a b%2Fc'],
    ['quotes', `'"\``],
    ['newline and tab', 'a\n\tb'],
    ['emoji', '🗄️📁'],
    ['lone surrogate', '\ud800x'],
    ['right-to-left mark', '\u200fabc'],
    ['255 emoji', '🗄'.repeat(255)],
  ])('name with %s', (_, name) => {
    const world = makeWorld();
    const made = world.file(`/${name}`, 'x');
    expect(made.name).toBe(name);
    expect(world.read(`/${name}`)).toBe('x');
    expect(world.names('/')).toEqual([name]);
  });

  test.each([[''], ['.'], ['..'], ['a/b'], ['a\0b'], ['x'.repeat(256)]])('name %j is refused', (name) => {
    const { fs } = makeWorld();
    expect(() => fs.createEntry(admin, '/', { name, action: 'CREATE_FILE' })).toThrow(FsError);
  });

  test('paths end at 32,760 characters, however they are built', () => {
    const { fs } = makeWorld();
    let directory = '2';
    const make = (name: string) => fs.createEntry(admin, directory, { name, action: 'CREATE_DIRECTORY' }).value;
    for (let i = 0; i < 127; i += 1) directory = make('d'.repeat(255)).id;
    expect(refusal(() => make('d'.repeat(255)))).toBe('fs_path_too_long_error');
    const last = make('d'.repeat(32_760 - 127 * 256 - 1));
    expect(last.path.slice(0, -1)).toHaveLength(32_760);
    expect(fs.getAttributes(admin, last.path.slice(0, -1)).value.id).toBe(last.id);
    expect(refusal(() => fs.getAttributes(admin, `/${'x'.repeat(40_000)}`))).toBe('fs_path_too_long_error');
  });

  test('lookups tell upper from lower case', () => {
    const world = makeWorld();
    world.file('/File');
    expect(refusal(() => world.fs.getAttributes(admin, '/file'))).toBe('fs_no_such_entry_error');
    world.file('/file');
    expect(world.names('/')).toEqual(['File', 'file']);
  });

  test('missing path, missing id, bad ref, taken name', () => {
    const world = makeWorld();
    world.file('/f');
    expect(refusal(() => world.fs.getAttributes(admin, '/nope/x'))).toBe('fs_no_such_entry_error');
    expect(refusal(() => world.fs.getAttributes(admin, '999'))).toBe('fs_no_such_inode_error');
    expect(refusal(() => world.fs.getAttributes(admin, 'Error_ID'))).toBe('decode_error');
    expect(refusal(() => world.file('/f'))).toBe('fs_entry_exists_error');
    expect(refusal(() => world.directory('/f'))).toBe('fs_entry_exists_error');
    expect(refusal(() => world.fs.list(admin, '/f'))).toBe('fs_not_a_directory_error');
  });

  test('hard links share everything, have paths of their own, and end at 1,024', () => {
    const world = makeWorld();
    const made = world.file('/f', 'one');
    for (let i = 1; i < 1024; i += 1) {
      world.fs.createEntry(admin, '/', { name: `l${i}`, action: 'CREATE_LINK', old_path: '/f' });
    }
    expect(
      refusal(() => world.fs.createEntry(admin, '/', { name: 'more', action: 'CREATE_LINK', old_path: '/f' })),
    ).toBe('fs_too_many_links_error');
    expect(world.fs.getAttributes(admin, '/l7').value).toMatchObject({ id: made.id, path: '/l7', num_links: 1024 });
    world.fs.delete(admin, '/f');
    expect(world.fs.getAttributes(admin, made.id).value).toMatchObject({ num_links: 1023 });
    expect(world.read('/l1023')).toBe('one');
  });

  test('symlinks give their target as data', () => {
    const world = makeWorld();
    world.fs.createEntry(admin, '/', { name: 's', action: 'CREATE_SYMLINK', old_path: '../wherever' });
    expect(world.fs.getAttributes(admin, '/s').value).toMatchObject({ type: 'FS_FILE_TYPE_SYMLINK', size: '11' });
    expect(world.read('/s')).toBe('../wherever');
  });

  test('unix files keep their device numbers', () => {
    const { fs } = makeWorld();
    const entry = { name: 'd', action: 'CREATE_UNIX_FILE', unix_file_type: 'FS_FILE_TYPE_UNIX_BLOCK_DEVICE' } as const;
    expect(fs.createEntry(admin, '/', { ...entry, major_minor_numbers: { major: 8, minor: 1 } }).value).toMatchObject({
      type: 'FS_FILE_TYPE_UNIX_BLOCK_DEVICE',
      major_minor_numbers: { major: 8, minor: 1 },
    });
  });

  test('rename moves, replaces only with clobber, and refuses a cycle', () => {
    const world = makeWorld();
    world.directory('/a');
    world.directory('/a/b');
    const made = world.file('/a/f', 'x');
    const rename = (directory: string, name: string, old_path: string, clobber = false) =>
      world.fs.createEntry(admin, directory, { name, action: 'RENAME', old_path, clobber }).value;
    expect(rename('/a/b', 'g', '/a/f')).toMatchObject({ id: made.id, path: '/a/b/g' });
    expect(refusal(() => rename('/a/b', 'a', '/a'))).toBe('fs_directory_cycle_error');
    world.file('/h', 'y');
    expect(refusal(() => rename('/', 'h', '/a/b/g'))).toBe('fs_entry_exists_error');
    expect(rename('/', 'h', '/a/b/g', true).id).toBe(made.id);
    expect(world.read('/h')).toBe('x');
    expect(world.fs.getAttributes(admin, '/a/').value).toMatchObject({ child_count: 1, num_links: 3 });
  });

  test('only empty directories can be deleted, the root never', () => {
    const world = makeWorld();
    world.directory('/a');
    world.file('/a/f');
    expect(refusal(() => world.fs.delete(admin, '/a'))).toBe('fs_directory_not_empty_error');
    world.fs.unlink(admin, '/a', 'f');
    world.fs.delete(admin, '/a');
    expect(refusal(() => world.fs.delete(admin, '/'))).toBe('fs_invalid_argument_error');
    expect(world.names('/')).toEqual([]);
  });

  test('the ETag moves with changes and If-Match holds others back', () => {
    const world = makeWorld();
    world.file('/f', 'x');
    const before = world.fs.getAttributes(admin, '/f').etag;
    expect(world.fs.getAttributes(admin, '/f').etag).toBe(before);
    const after = world.fs.setAttributes(admin, '/f', { mode: '0600' }, { ifMatch: `"${before}"` }).etag;
    expect(after).not.toBe(before);
    const stale = () => world.fs.writeData(admin, '/f', Buffer.from('y'), { ifMatch: before });
    expect(stale).toThrow(expect.objectContaining({ status: 412 }));
    expect(world.read('/f')).toBe('x');
  });

  test('all four times can be set and stay as set', () => {
    const world = makeWorld();
    world.file('/f');
    const times = {
      creation_time: '2001-02-03T04:05:06.000000007Z',
      access_time: '2002-02-03T04:05:06Z',
      modification_time: '2003-02-03T04:05:06.5Z',
      change_time: '1999-12-31T23:59:59.999999999Z',
    };
    world.fs.setAttributes(admin, '/f', times);
    expect(world.fs.getAttributes(admin, '/f').value).toMatchObject(times);
  });

  test('resolve answers every distinct id, unknown ones with an empty path', () => {
    const world = makeWorld();
    world.directory('/d');
    const made = world.file('/d/f');
    expect(world.fs.resolve(admin, [made.id, '77', '2', made.id])).toEqual([
      { id: made.id, path: '/d/f' },
      { id: '77', path: '' },
      { id: '2', path: '/' },
    ]);
  });

  test('a plain user needs rights', () => {
    const world = makeWorld();
    const joe = userOf(1000);
    world.directory('/open');
    world.fs.setAttributes(admin, '/open', { mode: '0777' });
    world.directory('/closed');
    world.fs.setAttributes(admin, '/closed', { mode: '0700' });
    world.file('/closed/f', 'x');
    expect(refusal(() => world.fs.createEntry(joe, '/closed', { name: 'j', action: 'CREATE_FILE' }))).toBe(
      'fs_access_denied_error',
    );
    expect(refusal(() => world.fs.getAttributes(joe, '/closed/f'))).toBe('fs_access_denied_error');
    const mine = world.fs.createEntry(joe, '/open', { name: 'j', action: 'CREATE_FILE' }).value;
    expect(mine.owner_details).toEqual({ id_type: 'NFS_UID', id_value: '1000' });
    world.fs.writeData(joe, '/open/j', Buffer.from('mine'));
    const eve = userOf(1001);
    expect(refusal(() => world.fs.writeData(eve, '/open/j', Buffer.from('hers')))).toBe('fs_access_denied_error');
    expect(refusal(() => world.fs.setAttributes(eve, '/open/j', { mode: '0777' }))).toBe(
      'fs_access_perm_not_owner_error',
    );
    expect(refusal(() => world.fs.modifyFileLock(joe, '/open/j', { legal_hold: true }))).toBe(
      'http_unauthorized_error',
    );
  });
});
