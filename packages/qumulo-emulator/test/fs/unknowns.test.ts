/** Every choice in unknowns.ts can be made otherwise, and then something is different. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../src/fs/index.ts';
import { defaultUnknowns, type Unknowns } from '../../src/unknowns.ts';
import { admin, makeWorld, refusal, userOf, type World } from './fixture.ts';

const until = '2031-01-01T00:00:00Z';
const year = 365n * 86_400n * 1_000_000_000n;

const lockOf = (world: World, path = '/f') =>
  world.fs.getAttributes(admin, path, { retrieveFileLock: true }).value.lock;

const locked = (world: World): World => {
  world.file('/f', 'x');
  world.fs.modifyFileLock(admin, '/f', { legal_hold: true });
  return world;
};

const expired = (world: World): World => {
  world.file('/f', 'x');
  world.fs.modifyFileLock(admin, '/f', { retention_period: until });
  world.advance(3n * year);
  return world;
};

const events = (
  world: World,
  act: () => unknown,
  path = '/',
  recursive = true,
  filter?: readonly string[],
): string[] => {
  const watched = world.watch(path, recursive, filter);
  act();
  world.settle();
  return watched.events.map(({ type, path: where, spine }) => `${type} ${where} ${spine?.length ?? 'none'}`);
};

const tree = (world: World): World => {
  world.directory('/d');
  world.directory('/d/e');
  world.file('/d/e/f', 'text');
  world.directory('/out');
  return world;
};

const move = (world: World, from: string, directory: string, name: string, clobber = false) =>
  world.fs.createEntry(admin, directory, { name, action: 'RENAME', old_path: from, clobber });

const diff = (world: World, act: () => unknown): string[] => {
  const take = () => world.fs.snapshots.create({ name: 's', source_file_id: '2' }).id;
  const before = take();
  act();
  return world.fs.snapshots.treeDiff(take(), before).entries.map(({ op, path }) => `${op} ${path}`);
};

const watcher = (caller: Caller, world: World, path = '/d') =>
  refusal(() => world.fs.watch.open(caller, path, { recursive: true }, { batch: () => true, end: () => undefined }));

const etagMoves = (world: World, act: () => unknown): boolean => {
  world.file('/f', 'x');
  const before = world.fs.getAttributes(admin, '/f').etag;
  act();
  return world.fs.getAttributes(admin, world.fs.idOf('/f') === null ? '/g' : '/f').etag !== before;
};

const choice = { status: 409, errorClass: 'other_error' };

/** For a key: another answer, and something to look at that must come out differently under it. */
type Case<K extends keyof Unknowns> = readonly [other: Unknowns[K], look: (world: World) => unknown];
type Cases = { readonly [K in keyof Unknowns]?: Case<K> };

const cases: Cases = {
  nameLengthUnit: ['utf8-bytes', (w) => refusal(() => w.file(`/${'é'.repeat(200)}`))],
  maxFileSize: [10, (w) => refusal(() => w.file('/f', 'eleven bytes'))],
  deleteByIdOfHardLinked: [
    'refuse',
    (w) => {
      const { id } = w.file('/f');
      w.fs.createEntry(admin, '/', { name: 'g', action: 'CREATE_LINK', old_path: '/f' });
      return refusal(() => w.fs.delete(admin, id));
    },
  ],
  firstFileId: [7_000_000, (w) => w.file('/f').id],
  listDefaultLimit: [1, (w) => (tree(w), w.fs.list(admin, '/').value.files.length)],
  listMaxLimit: [1, (w) => (tree(w), w.fs.list(admin, '/', { limit: 5 }).value.files.length)],
  unresolvedPath: [null, (w) => w.fs.resolve(admin, ['99'])],
  newFileMode: [0o600, (w) => w.file('/f').mode],
  newDirectoryMode: [0o700, (w) => w.directory('/d').mode],
  newSymlinkMode: [
    0o700,
    (w) => w.fs.createEntry(admin, '/', { name: 's', action: 'CREATE_SYMLINK', old_path: 'x' }).value.mode,
  ],
  rootMode: [0o700, (w) => w.fs.getAttributes(admin, '/').value.mode],
  fileMetablocks: [2, (w) => w.file('/f').metablocks],
  directoryMetablocks: [2, (w) => w.directory('/d').metablocks],
  newFileArchive: [false, (w) => w.file('/f').extended_attributes.archive],
  atimeMovesEtag: [true, (w) => etagMoves(w, () => w.fs.setAttributes(admin, '/f', { access_time: until }))],
  lockMovesEtag: [true, (w) => etagMoves(w, () => w.fs.modifyFileLock(admin, '/f', { legal_hold: true }))],
  renameMovesEtag: [false, (w) => etagMoves(w, () => move(w, '/f', '/', 'g'))],
  lockKeyWhenNotAsked: ['null', (w) => Object.hasOwn(w.file('/f'), 'lock')],
  lockReadWithoutReadAcl: [
    'absent',
    (w) => {
      w.file('/f');
      w.fs.setAcl(admin, '/f', { control: [], posix_special_permissions: [], aces: [] });
      return refusal(() => w.fs.getAttributes(userOf(1), '/f', { retrieveFileLock: true }));
    },
  ],
  copyChunkLimit: [
    2,
    (w) => {
      w.file('/f', 'text');
      w.file('/g');
      return w.fs.copyChunk(admin, '/g', { source_path: '/f' }).value === null;
    },
  ],
  tagMismatchError: [choice, (w) => (w.file('/f'), refusal(() => w.fs.delete(admin, '/f', { ifMatch: 'x' })))],
  lockedFileError: [choice, (w) => refusal(() => locked(w).fs.delete(admin, '/f'))],
  retentionShortenError: [
    choice,
    (w) => {
      w.file('/f');
      w.fs.modifyFileLock(admin, '/f', { retention_period: until });
      return refusal(() => w.fs.modifyFileLock(admin, '/f', { retention_period: '2030-02-02T00:00:00Z' }));
    },
  ],
  retentionInPastError: [
    choice,
    (w) => (
      w.file('/f'), refusal(() => w.fs.modifyFileLock(admin, '/f', { retention_period: '2000-01-01T00:00:00Z' }))
    ),
  ],
  retentionInPast: [
    'accept',
    (w) => (
      w.file('/f'), refusal(() => w.fs.modifyFileLock(admin, '/f', { retention_period: '2000-01-01T00:00:00Z' }))
    ),
  ],
  lockNotRegularFileError: [choice, (w) => refusal(() => w.fs.modifyFileLock(admin, '/', { legal_hold: true }))],
  retentionNull: [
    'ignore',
    (w) => {
      w.file('/f');
      w.fs.modifyFileLock(admin, '/f', { retention_period: until });
      return refusal(() => w.fs.modifyFileLock(admin, '/f', { retention_period: null }));
    },
  ],
  retentionMaxSeconds: [
    1_900_000_000,
    (w) => (w.file('/f'), refusal(() => w.fs.modifyFileLock(admin, '/f', { retention_period: until }))),
  ],
  expiredRetentionShown: ['null', (w) => lockOf(expired(w))],
  expiredRetentionMayMoveEarlier: [
    false,
    (w) => {
      expired(w);
      return refusal(() => w.fs.modifyFileLock(admin, '/f', { retention_period: '2030-06-01T00:00:00Z' }));
    },
  ],
  lockMovesChangeTime: [
    false,
    (w) => {
      w.file('/f');
      w.advance(5n);
      return w.fs.modifyFileLock(admin, '/f', { legal_hold: true }).value.change_time;
    },
  ],
  lockedUserMetadata: [
    'allow',
    (w) => refusal(() => locked(w).fs.setUserMetadata(admin, '/f', 's3', 'k', '', 'create')),
  ],
  lockedStreams: ['allow', (w) => refusal(() => locked(w).fs.createStream(admin, '/f', 's'))],
  lockedNewHardLink: [
    'allow',
    (w) => refusal(() => locked(w).fs.createEntry(admin, '/', { name: 'g', action: 'CREATE_LINK', old_path: '/f' })),
  ],
  lockedUnlinkOneOfSeveral: [
    'allow',
    (w) => {
      w.file('/f');
      w.fs.createEntry(admin, '/', { name: 'g', action: 'CREATE_LINK', old_path: '/f' });
      w.fs.modifyFileLock(admin, '/f', { legal_hold: true });
      return [refusal(() => w.fs.delete(admin, '/g')), refusal(() => w.fs.delete(admin, '/f'))];
    },
  ],
  lockedParentRename: [
    'refuse',
    (w) => {
      tree(w).fs.modifyFileLock(admin, '/d/e/f', { legal_hold: true });
      return refusal(() => move(w, '/d', '/', 'r'));
    },
  ],
  lockedAtimeUpdate: [
    'refuse',
    (w) => {
      locked(w).fs.settings.atime = { enabled: true, granularity: 'HOUR' };
      w.advance(year);
      w.fs.readData(admin, '/f');
      return w.fs.getAttributes(admin, '/f').value.access_time;
    },
  ],
  treeDeleteStopped: [
    'hidden',
    (w) => {
      tree(w).fs.modifyFileLock(admin, '/d/e/f', { legal_hold: true });
      w.fs.treeDelete.create(admin, '/d');
      while (w.fs.treeDelete.step());
      return w.fs.idOf('/d/e/f') !== null;
    },
  ],
  recursiveWatchPrivilege: [
    'PRIVILEGE_FS_ATTRIBUTES_READ',
    (w) => watcher(userOf(1, 1, ['PRIVILEGE_FS_ATTRIBUTES_READ']), tree(w)),
  ],
  spineStart: ['root', (w) => (tree(w), events(w, () => w.file('/d/e/n'), '/d/e'))],
  spineWhenNotRecursive: [false, (w) => (tree(w), events(w, () => w.file('/d/n'), '/d', false))],
  eventPathTrailingSlash: [true, (w) => events(w, () => w.directory('/d'))],
  selfRemovedIgnoresFilter: [
    false,
    (w) => (tree(w), events(w, () => w.fs.delete(admin, '/out'), '/out', true, ['child_file_added'])),
  ],
  watcherQueueLimit: [1, (w) => events(w, () => tree(w))],
  watcherOverflow: [
    'close',
    (w) => {
      let told: unknown = 'nothing';
      const handle = w.fs.watch.open(
        admin,
        '/',
        { recursive: true },
        { batch: () => true, end: (_, error) => (told = error?.errorClass) },
      );
      handle.overflow();
      w.settle();
      return told;
    },
  ],
  recursiveDisabledError: [
    choice,
    (w) => {
      tree(w).fs.settings.notifyMode = 'DISABLED_ERROR';
      return watcher(admin, w);
    },
  ],
  watcherBatchLimit: [
    1,
    (w) => {
      const watched = w.watch('/');
      tree(w);
      w.settle();
      return watched.batches;
    },
  ],
  writeEventOrder: [
    ['child_size_changed', 'child_data_written'],
    (w) => (w.file('/f'), events(w, () => w.fs.writeData(admin, '/f', Buffer.from('x')))),
  ],
  truncateSendsDataWritten: [
    true,
    (w) => (w.file('/f', 'x'), events(w, () => w.fs.setAttributes(admin, '/f', { size: '0' }))),
  ],
  renameAcrossBorder: ['removed-added', (w) => (tree(w), events(w, () => move(w, '/d/e/f', '/out', 'f'), '/d'))],
  renameOverSendsRemoved: [
    false,
    (w) => {
      w.file('/f');
      w.file('/g');
      return events(w, () => move(w, '/f', '/', 'g', true));
    },
  ],
  parentMtimeEvents: [true, (w) => (tree(w), events(w, () => w.file('/d/e/n')))],
  treeDeleteSendsRemovals: [
    true,
    (w) => {
      tree(w);
      const seen: string[] = [];
      const stop = w.fs.onChange(({ type }) => seen.push(type));
      w.fs.treeDelete.create(admin, '/d');
      while (w.fs.treeDelete.step());
      stop();
      return seen;
    },
  ],
  lockEvent: [
    'child_acl_changed',
    (w) => (w.file('/f'), events(w, () => w.fs.modifyFileLock(admin, '/f', { legal_hold: true }))),
  ],
  userMetadataEvent: [
    'child_extra_attrs_changed',
    (w) => (w.file('/f'), events(w, () => w.fs.setUserMetadata(admin, '/f', 's3', 'k', '', 'create'))),
  ],
  modeChangeOnOpenWatch: [
    'applies-at-once',
    (w) => {
      tree(w);
      return events(w, () => {
        w.fs.settings.notifyMode = 'DISABLED_IGNORE';
        w.file('/d/deep');
      });
    },
  ],
  watchOnFile: ['allow', (w) => watcher(admin, tree(w), '/d/e/f')],
  closeAfterSelfRemoved: [
    false,
    (w) => {
      tree(w);
      const watched = w.watch('/out');
      w.fs.delete(admin, '/out');
      w.settle();
      return watched.ended;
    },
  ],
  diffReplaced: [
    'modify',
    (w) => {
      w.file('/f');
      return diff(w, () => (w.fs.delete(admin, '/f'), w.file('/f')));
    },
  ],
  diffLockChange: [true, (w) => (w.file('/f'), diff(w, () => w.fs.modifyFileLock(admin, '/f', { legal_hold: true })))],
  diffDefaultLimit: [1, (w) => diff(w, () => tree(w)).length],
  diffMaxLimit: [1, (w) => diff(w, () => tree(w)).length],
  aggregatesCountSelf: [true, (w) => w.fs.aggregates(admin, '/').total_directories],
  totalSizeBytes: [2 ** 40, (w) => w.fs.stats().total_size_bytes],
  quotaExceededError: [
    choice,
    (w) => {
      w.fs.quotas.create('2', '1');
      return refusal(() => w.file('/f'));
    },
  ],
  watcherOverflowError: [
    choice,
    (w) => {
      let told: unknown;
      const handle = w.fs.watch.open(
        admin,
        '/',
        { recursive: true },
        { batch: () => true, end: (_, error) => (told = error?.errorClass) },
      );
      handle.overflow();
      w.settle();
      return told;
    },
  ],
};

const check = (key: keyof Unknowns): { usual: unknown; other: unknown } | undefined => {
  const found = cases[key];
  if (found === undefined) return undefined;
  const [answer, look] = found;
  const override: Partial<Unknowns> = { [key]: answer };
  return { usual: look(makeWorld()), other: look(makeWorld(override)) };
};

const isKey = (key: string): key is keyof Unknowns => key in defaultUnknowns;
const keys = Object.keys(defaultUnknowns).filter(isKey);

describe('unknowns', () => {
  test.each(keys.filter((key) => cases[key] !== undefined))('%s makes a difference', (key) => {
    const seen = check(key);
    expect(seen?.other).not.toEqual(seen?.usual);
  });

  test('every choice is used somewhere', () => {
    const src = new URL('../../src/', import.meta.url);
    const text = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('unknowns.ts'))
      .map((name) => readFileSync(new URL(name, src), 'utf8'))
      .join('\n');
    expect(keys.filter((key) => !text.includes(key))).toEqual([]);
  });
});
