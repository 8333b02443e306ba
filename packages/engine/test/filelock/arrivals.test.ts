import { afterEach, describe, expect, it } from 'vitest';
import { parseRetention } from '../../src/index.ts';
import { connectionError } from '../support/fake-cluster.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

const settled = () => rig.clock.advance(16_000);

describe('files that arrive otherwise than by being created', () => {
  it('renamed in from outside the watched directory', async () => {
    rig.cluster.create('/elsewhere.pdf');
    await rig.start();
    rig.cluster.rename('/elsewhere.pdf', '/records/here.pdf');
    await settled();
    expect(rig.of('locked')).toMatchObject([{ path: '/records/here.pdf', how: 'moved-in' }]);
  });

  it('in a directory that was moved in', async () => {
    rig.cluster.mkdir('/batch');
    rig.cluster.mkdir('/batch/deep');
    rig.cluster.create('/batch/a.pdf');
    rig.cluster.create('/batch/deep/b.pdf');
    await rig.start();
    rig.cluster.rename('/batch', '/records/batch');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/batch/a.pdf', '/records/batch/deep/b.pdf']);
  });

  it('in a directory made a moment ago, before anybody could look', async () => {
    await rig.start();
    const directory = rig.cluster.mkdir('/records/new');
    // No event of its own: as on a cluster whose watch reached the new directory a moment too late.
    rig.cluster.tree.add('/records/new/a.pdf', 'FS_FILE_TYPE_FILE', rig.cluster.now());
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/new/a.pdf']);
    expect(directory.children.size).toBe(1);
  });

  it('as a hard link to a file that was there before', async () => {
    rig.cluster.create('/old.pdf');
    await rig.start();
    rig.cluster.link('/old.pdf', '/records/linked.pdf');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/linked.pdf']);
  });

  it('as a hard link in a directory that is renamed right before it is due, and before anybody could look into it', async () => {
    rig.cluster.create('/old.pdf');
    rig.cluster.mkdir('/records/d');
    await rig.start();
    rig.cluster.link('/old.pdf', '/records/d/linked.pdf');
    await rig.clock.advance(14_900);
    rig.cluster.fault = (operation) => (operation === 'walk' ? Promise.reject(connectionError('reset')) : undefined);
    rig.cluster.rename('/records/d', '/records/e');
    await rig.clock.advance(2000);
    rig.cluster.fault = () => undefined;
    await rig.clock.advance(60_000);
    expect(rig.of('locked')).toMatchObject([{ fileId: rig.cluster.tree.get('/old.pdf').id }]);
    expect(rig.of('forgotten')).toEqual([]);
  });

  it('as a hard link inside the directory to a file of the inventory', async () => {
    rig.cluster.create('/records/old.pdf');
    await rig.start();
    rig.cluster.link('/records/old.pdf', '/records/linked.pdf');
    await settled();
    expect(rig.of('locked')).toMatchObject([{ fileId: rig.cluster.tree.get('/records/linked.pdf').id }]);
  });

  it('linked into place, the temporary name unlinked afterwards', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    rig.cluster.link('/records/a.pdf', '/records/b.pdf');
    rig.cluster.remove('/records/a.pdf');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/b.pdf']);
    expect(rig.of('forgotten')).toEqual([]);
  });

  it('linked twice, the later name unlinked: the file is still there by the earlier one', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    rig.cluster.link('/records/a.pdf', '/records/b.pdf');
    rig.cluster.remove('/records/b.pdf');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
  });

  it('while nobody listened: after a stream that ended before the first inventory began', async () => {
    rig.cluster.create('/records/old.pdf');
    await rig.clock.advance(60_000);
    let cut = false;
    rig.cluster.fault = (operation) => {
      // The walk of the first inventory never gets to its answer: the stream, and its epoch with it, is over.
      if (operation !== 'walk' || cut) return undefined;
      cut = true;
      rig.cluster.endStreams();
      rig.cluster.create('/records/gap.pdf');
      return Promise.reject(new Error('cut'));
    };
    await rig.start();
    await rig.clock.advance(60_000);
    expect(cut).toBe(true);
    expect(rig.paths('locked')).toEqual(['/records/gap.pdf']);
    expect(rig.of('existing-found')).toMatchObject([{ count: 1, samples: ['/records/old.pdf'] }]);
  });

  it('while nobody listened: after a cut stream', async () => {
    await rig.start();
    rig.cluster.fault = (operation) => (operation === 'notify' ? Promise.reject(new Error('no')) : undefined);
    rig.cluster.endStreams();
    await rig.clock.settle();
    rig.cluster.create('/records/gap.pdf');
    rig.cluster.fault = () => undefined;
    await rig.clock.advance(20_000);
    expect(rig.of('locked')).toMatchObject([{ path: '/records/gap.pdf', how: 'catch-up' }]);
    expect(rig.of('stream-ended')).toHaveLength(1);
    expect(rig.of('catch-up-finished').map(({ reason }) => reason)).toEqual(['baseline', 'gap']);
  });
});

describe('renames inside the directory', () => {
  it('a file that was there before stays as it is', async () => {
    rig.cluster.create('/records/old.pdf');
    await rig.start();
    rig.cluster.rename('/records/old.pdf', '/records/renamed.pdf');
    await settled();
    expect(rig.of('locked')).toEqual([]);
  });

  it('even when it is renamed before the inventory has come by', async () => {
    rig.cluster.create('/records/old.pdf');
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    rig.cluster.fault = (operation) => (operation === 'walk' ? held : undefined);
    await rig.start();
    rig.cluster.rename('/records/old.pdf', '/records/renamed.pdf');
    await rig.clock.settle();
    release();
    await settled();
    expect(rig.of('locked')).toEqual([]);
    expect(rig.of('existing-found')).toMatchObject([{ count: 1 }]);
  });

  it('a temporary file that was there before is new under a covered name', async () => {
    rig.cluster.create('/records/old.tmp');
    await rig.start();
    rig.cluster.rename('/records/old.tmp', '/records/old.pdf');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/old.pdf']);
  });

  it('a file created and renamed into place while the inventory runs is new, though the inventory sees its final name', async () => {
    await rig.start();
    rig.cluster.endStreams();
    const other = new Rig(rig);
    await rig.crash();
    // The event of the rename comes after the inventory has read the new name.
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    other.cluster.fault = (operation) => (operation === 'walk' ? held : undefined);
    await other.start({ ref: '/', recursive: true });
    const streamless = other.cluster.tree.add('/records/x.tmp', 'FS_FILE_TYPE_FILE', other.cluster.now());
    const [records, name] = other.cluster.tree.split('/records/x.tmp');
    records.children.delete(name);
    streamless.names = [];
    other.cluster.tree.linkTo(streamless, records, 'x.pdf');
    release();
    await other.clock.settle();
    const half = (type: string, path: string) => ({
      type,
      path,
      spine: ['2', records.id, streamless.id],
      stream_name: null,
    });
    other.cluster.tellRaw([
      half('child_file_moved_from', 'records/x.tmp'),
      half('child_file_moved_to', 'records/x.pdf'),
    ]);
    await other.clock.advance(16_000);
    expect(other.paths('locked')).toEqual(['/records/x.pdf']);
    await other.crash();
  });

  it('a pending file settles anew under its new name', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(10_000);
    rig.cluster.rename('/records/a.pdf', '/records/b.pdf');
    await rig.clock.advance(14_000);
    expect(rig.of('locked')).toEqual([]);
    await rig.clock.advance(2000);
    expect(rig.paths('locked')).toEqual(['/records/b.pdf']);
  });

  it('a pending file that gets a name the policy leaves out is skipped, and new again when it comes back', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    rig.cluster.rename('/records/a.pdf', '/records/a.pdf.tmp');
    await settled();
    expect(rig.paths('skipped')).toEqual(['/records/a.pdf.tmp']);
    rig.cluster.rename('/records/a.pdf.tmp', '/records/a.pdf');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
  });

  it('a directory renamed inside: what was there before stays, what was left out by its path becomes new', async () => {
    rig.cluster.mkdir('/records/old');
    rig.cluster.create('/records/old/a.pdf');
    rig.cluster.mkdir('/records/drop');
    rig.cluster.create('/records/drop/b.pdf');
    await rig.start({ policy: { exclude: ['drop/**'] } });
    rig.cluster.rename('/records/old', '/records/older');
    rig.cluster.rename('/records/drop', '/records/kept');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/kept/b.pdf']);
  });

  it('a pending file in a directory that is renamed is locked under its new path', async () => {
    await rig.start();
    rig.cluster.mkdir('/records/in');
    rig.cluster.create('/records/in/a.pdf');
    await rig.clock.advance(5000);
    rig.cluster.rename('/records/in', '/records/out');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/out/a.pdf']);
  });
});

describe('files that leave', () => {
  it('a pending file moved out is forgotten', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    rig.cluster.rename('/records/a.pdf', '/a.pdf');
    await settled();
    expect(rig.of('forgotten')).toMatchObject([{ path: '/records/a.pdf', reason: 'moved-out' }]);
    expect(rig.lock('/a.pdf')).toBeNull();
  });

  it('a stream that ends between the halves of a rename says nothing about where the file went', async () => {
    rig.cluster.create('/records/old.pdf');
    await rig.start();
    const node = rig.cluster.tree.get('/records/old.pdf');
    rig.cluster.tellRaw([
      { type: 'child_file_moved_from', path: 'old.pdf', spine: ['1000', node.id], stream_name: null },
    ]);
    await rig.clock.settle();
    rig.cluster.endStreams();
    rig.cluster.rename('/records/old.pdf', '/records/renamed.pdf');
    await rig.clock.advance(60_000);
    expect(rig.of('locked')).toEqual([]);
  });

  it('a pending file whose directory is moved out is forgotten when it is due', async () => {
    await rig.start();
    rig.cluster.mkdir('/records/d');
    rig.cluster.create('/records/d/a.pdf');
    await rig.clock.advance(1000);
    rig.cluster.rename('/records/d', '/d');
    await settled();
    expect(rig.of('forgotten')).toMatchObject([{ reason: 'moved-out' }]);
    expect(rig.lock('/d/a.pdf')).toBeNull();
  });

  it('a file that was there before, moved out and in again, is new', async () => {
    rig.cluster.create('/records/old.pdf');
    await rig.start();
    rig.cluster.rename('/records/old.pdf', '/old.pdf');
    await rig.clock.advance(5000);
    rig.cluster.rename('/old.pdf', '/records/old.pdf');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/old.pdf']);
  });

  it('a directory with files that were there before, moved out and in again: its files are new', async () => {
    rig.cluster.mkdir('/records/d');
    rig.cluster.create('/records/d/old.pdf');
    await rig.start();
    rig.cluster.rename('/records/d', '/d');
    await rig.clock.advance(5000);
    rig.cluster.rename('/d', '/records/d');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/d/old.pdf']);
  });
});

describe('an id that is used again', () => {
  it('by a file made while nobody listened: it is new, although the inventory knows the id', async () => {
    rig.cluster.create('/records/old.pdf');
    await rig.start();
    const { id } = rig.cluster.tree.get('/records/old.pdf');
    await rig.stop();
    rig.cluster.tree.unlink('/records/old.pdf');
    await rig.clock.advance(1000);
    rig.cluster.tree.add('/records/other.pdf', 'FS_FILE_TYPE_FILE', rig.cluster.now(), id);
    const later = new Rig(rig);
    await later.start();
    await later.clock.advance(16_000);
    expect(later.paths('locked')).toEqual(['/records/other.pdf']);
    await later.crash();
  });

  it('after its first file was locked, expired and deleted', async () => {
    await rig.start({ policy: { retention: parseRetention('PT60S') } });
    const { id } = rig.cluster.create('/records/short.pdf');
    await rig.clock.advance(120_000);
    expect(rig.cluster.remove('/records/short.pdf')).toBe(true);
    rig.cluster.tree.add('/records/next.pdf', 'FS_FILE_TYPE_FILE', rig.cluster.now(), id);
    rig.cluster.tellRaw([{ type: 'child_file_added', path: 'next.pdf', spine: ['1000', id], stream_name: null }]);
    await rig.clock.advance(16_000);
    expect(rig.paths('locked')).toEqual(['/records/next.pdf', '/records/short.pdf']);
  });
});

describe('what is not a file', () => {
  it('symlinks and devices are skipped and counted, not errors', async () => {
    await rig.start();
    rig.cluster.create('/records/link', { type: 'FS_FILE_TYPE_SYMLINK' });
    rig.cluster.create('/records/pipe', { type: 'FS_FILE_TYPE_UNIX_PIPE' });
    await settled();
    expect(rig.of('skipped').map(({ path, reason }) => [path, reason])).toEqual([
      ['/records/link', 'not a regular file (symlink)'],
      ['/records/pipe', 'not a regular file (unix pipe)'],
    ]);
    expect(rig.of('failed')).toEqual([]);
  });

  it('also with interval 0, where the cluster refuses the PATCH', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    rig.cluster.create('/records/link', { type: 'FS_FILE_TYPE_SYMLINK' });
    await rig.clock.settle();
    expect(rig.paths('skipped')).toEqual(['/records/link']);
  });
});

describe('a watch that is not recursive', () => {
  it('covers its own files only', async () => {
    rig.cluster.mkdir('/records/sub');
    await rig.start({ recursive: false });
    rig.cluster.create('/records/a.pdf');
    rig.cluster.create('/records/sub/b.pdf');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
  });

  it('forgets a pending file that moves into a subdirectory', async () => {
    rig.cluster.mkdir('/records/sub');
    await rig.start({ recursive: false });
    rig.cluster.create('/records/a.pdf');
    rig.cluster.rename('/records/a.pdf', '/records/sub/a.pdf');
    await settled();
    expect(rig.of('locked')).toEqual([]);
    expect(rig.of('forgotten')).toMatchObject([{ reason: 'moved-out' }]);
  });
});

describe('--existing', () => {
  it.each([
    ['ignore', 'ignored', []],
    ['report', 'reported', []],
    ['lock', 'retention-lock', ['/records/a.pdf', '/records/b.pdf']],
  ] as const)('%s', async (existing, action, locked) => {
    rig.cluster.create('/records/a.pdf');
    rig.cluster.create('/records/b.pdf');
    rig.cluster.create('/records/c.tmp');
    await rig.clock.advance(60_000);
    await rig.start({ policy: { existing } });
    await settled();
    expect(rig.of('existing-found')).toMatchObject([
      { count: 2, action, samples: ['/records/a.pdf', '/records/b.pdf'] },
    ]);
    expect(rig.paths('locked')).toEqual(locked);
  });

  it('lock, of a file with several names, is done once: after a gap its retention period is not extended', async () => {
    rig.cluster.create('/records/a.pdf');
    rig.cluster.link('/records/a.pdf', '/records/b.pdf');
    rig.cluster.link('/records/a.pdf', '/records/c.pdf');
    await rig.clock.advance(60_000);
    await rig.start({ policy: { existing: 'lock', extend: true } });
    await rig.clock.advance(60_000);
    const until = rig.lock('/records/a.pdf');
    expect(until).not.toBeNull();
    expect(rig.of('existing-found')).toMatchObject([{ count: 1 }]);
    for (let n = 0; n < 3; n += 1) {
      rig.cluster.endStreams();
      await rig.clock.advance(600_000);
    }
    expect(rig.of('locked')).toHaveLength(1);
    expect(rig.lock('/records/a.pdf')).toBe(until);
  });

  it('lock, asked for at a later start, takes those of the first inventory', async () => {
    rig.cluster.create('/records/a.pdf');
    await rig.start();
    await rig.stop();
    const later = new Rig(rig);
    await later.start({ policy: { existing: 'lock' } });
    await later.clock.advance(31_000);
    expect(later.paths('locked')).toEqual(['/records/a.pdf']);
    await later.crash();
  });
});

describe('what comes again and again', () => {
  it('is looked at each time: nothing is held back that a retention lock may depend on', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    rig.cluster.mkdir('/records/d');
    rig.cluster.create('/records/d/a.pdf');
    for (let n = 0; n < 10; n += 1) {
      rig.cluster.rename('/records/d', '/d');
      await rig.clock.advance(2000);
      if (n === 9) rig.cluster.create('/d/b.pdf');
      rig.cluster.rename('/d', '/records/d');
      await rig.clock.advance(2000);
    }
    expect(rig.of('failed')).toEqual([]);
    expect(rig.lock('/records/d/a.pdf')).not.toBeNull();
    expect(rig.lock('/records/d/b.pdf')).not.toBeNull();
  });
});

describe('a watched directory that gets another name', () => {
  /** Once, at the first call of this kind. */
  function atFirst(operation: string, work: () => void): void {
    let done = false;
    rig.cluster.fault = (called) => {
      if (called !== operation || done) return;
      done = true;
      work();
    };
  }

  it('while it is looked through: what was not compared is looked for again', async () => {
    rig.cluster.create('/records/old.pdf');
    await rig.clock.advance(60_000);
    await rig.start();
    await settled();
    await rig.crash();
    rig.cluster.create('/records/new.pdf');
    rig = new Rig(rig);
    atFirst('walk', () => rig.cluster.rename('/records', '/archive'));
    await rig.start();
    await settled();
    expect(rig.paths('locked')).toEqual(['/archive/new.pdf']);
    expect(rig.lock('/archive/old.pdf')).toBeNull();
  });

  it('right before a directory comes', async () => {
    rig.cluster.mkdir('/in');
    rig.cluster.create('/in/a.pdf');
    await rig.start();
    await settled();
    rig.cluster.rename('/records', '/archive');
    rig.cluster.rename('/in', '/archive/in');
    await settled();
    expect(rig.paths('locked')).toEqual(['/archive/in/a.pdf']);
  });

  it('right before a directory in it does', async () => {
    rig.cluster.mkdir('/records/d');
    rig.cluster.create('/records/d/old.pdf');
    await rig.clock.advance(60_000);
    await rig.start();
    await settled();
    rig.cluster.rename('/records', '/archive');
    rig.cluster.rename('/archive/d', '/archive/e');
    await settled();
    expect(rig.of('locked')).toEqual([]);
  });
});

describe('a file that was there before, renamed in a gap', () => {
  it('stays one of those when another gets its name before the walk has found it', async () => {
    rig.cluster.mkdir('/records/old');
    rig.cluster.create('/records/app.log');
    await rig.clock.advance(60_000);
    await rig.start();
    await settled();
    await rig.crash();
    rig.cluster.rename('/records/app.log', '/records/old/app.log');
    rig = new Rig(rig);
    let done = false;
    rig.cluster.fault = async (operation) => {
      if (operation !== 'walk' || done) return;
      done = true;
      rig.cluster.create('/records/app.log');
      // Until the stream has told it.
      await rig.clock.sleep(1000);
    };
    await rig.start();
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/app.log']);
    expect(rig.lock('/records/old/app.log')).toBeNull();
  });

  it('or is gone: then nothing is kept of it', async () => {
    rig.cluster.create('/records/app.log');
    await rig.clock.advance(60_000);
    await rig.start();
    await settled();
    await rig.crash();
    rig.cluster.remove('/records/app.log');
    rig = new Rig(rig);
    rig.cluster.fault = () => undefined;
    rig.cluster.create('/records/app.log');
    await rig.start({ policy: { existing: 'lock' } });
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/app.log']);
    expect(rig.paths('forgotten')).toEqual([]);
  });
});

describe('a dry run', () => {
  it('says what is in a directory that was moved in', async () => {
    rig.cluster.mkdir('/in');
    rig.cluster.create('/in/a.pdf');
    await rig.start({ dryRun: true });
    rig.cluster.rename('/in', '/records/in');
    await settled();
    expect(rig.paths('would-lock')).toEqual(['/records/in/a.pdf']);
    expect(rig.of('skipped')).toEqual([]);
  });
});
