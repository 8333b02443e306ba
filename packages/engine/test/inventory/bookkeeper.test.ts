import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../src/events/change.ts';
import { changesOf } from '../../src/events/from-batch.ts';
import { RenameJoiner } from '../../src/events/joiner.ts';
import { Bookkeeper } from '../../src/inventory/bookkeeper.ts';
import type { InventoryStore } from '../../src/inventory/port.ts';
import type { NewBatch, QueueStore } from '../../src/queue/port.ts';
import { openSqliteInventory } from '../../src/stores/sqlite/inventory/open.ts';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';
import { FakeClock } from '../support/fake-clock.ts';

const WATCH = { directoryId: '2', recursive: true, path: '/w' };
const COMES = 'child_file_added';

type Event = readonly [type: string, path: string, ...spine: readonly string[]];

describe.each(['in the file of the queue', 'in a file of its own'])('the inventory %s', (where) => {
  let store: InventoryStore;
  let queue: QueueStore | undefined;
  let keeper: Bookkeeper;
  let at = 0;
  beforeEach(async () => {
    const clock = new FakeClock();
    at = 0;
    if (where === 'in a file of its own') store = await openSqliteInventory('', WATCH, { clock, groupWaitMs: 0 });
    else {
      queue = await openSqliteQueue('', { clock, groupWaitMs: 0 });
      const inventory = await queue.inventory(WATCH);
      if (inventory === undefined) throw new Error('it has one');
      store = inventory;
    }
    restart();
  });
  afterEach(async () => {
    store.close();
    await queue?.close();
    queue = undefined;
  });

  const restart = () => {
    keeper = new Bookkeeper(store, 1, () => '/w');
  };
  /** What is passed on of one batch. Without `position` it stands behind the last. */
  const decide = async (source: NewBatch['source'], events: readonly Event[], position = at + 1, join = false) => {
    const after = String(position - 1);
    const until = String(position);
    at = position;
    const raw = JSON.stringify(events.map(([type, path, ...spine]) => ({ type, path, spine, stream_name: null })));
    const batch = { epoch: 1, receivedAt: 1, events: events.length, root: '/w', source, raw, position: until };
    const { changes } = changesOf(batch);
    const joined: Change[] = [];
    if (join) {
      const joiner = new RenameJoiner();
      for (const change of changes) joiner.addInto(joined, change);
    }
    const about = { partition: 0, after, until, leavingSince: () => undefined, spineOf: () => [] };
    const decided = keeper.decide(about, join ? joined : changes);
    await decided.durable;
    return decided.changes.map(({ type, path }: Change) => `${type} ${path}`);
  };

  it('what a walk has found and the stream tells too is passed on once, whichever comes first', async () => {
    expect(await decide('catch-up', [[COMES, 'a', '2', '7']])).toEqual(['child_file_added /w/a']);
    expect(await decide('stream', [[COMES, 'a', '2', '7']])).toEqual([]);
    expect(await decide('stream', [[COMES, 'b', '2', '8']])).toEqual(['child_file_added /w/b']);
    expect(await decide('catch-up', [[COMES, 'b', '2', '8']])).toEqual([]);
  });

  describe('a file that was renamed before the first walk has come to it', () => {
    const renamed = (from: string, to: string, ...parents: readonly [from: string, to: string]) =>
      decide(
        'stream',
        [
          ['child_file_moved_from', from, '2', ...(parents[0] === '2' ? [] : [parents[0]]), '7'],
          ['child_file_moved_to', to, '2', ...(parents[1] === '2' ? [] : [parents[1]]), '7'],
        ],
        at + 1,
        true,
      );
    const lookedInto = (path: string) => decide('walk', [['child_file_moved_to', path, '9', '7']]);

    it('was there, when it was in a directory that was: it does not come with one that does', async () => {
      await decide('stream', [['child_dir_moved_to', 'm', '2', '9']]);
      expect(await renamed('a', 'm/a', '2', '9')).toEqual(['child_file_renamed /w/m/a']);
      expect(await lookedInto('m/a')).toEqual([]);
      expect(store.names('7')).toMatchObject([{ name: 'a', parentId: '9', standing: 'baseline' }]);
    });

    it('has come with the directory that it was in', async () => {
      await decide('stream', [['child_dir_moved_to', 'm', '2', '9']]);
      await renamed('m/a', 'm/b', '9', '9');
      expect(await lookedInto('m/b')).toEqual(['child_file_moved_to /w/m/b']);
    });

    it('may have come in a gap, when there was one', async () => {
      await decide('stream', [['child_dir_moved_to', 'm', '2', '9']]);
      await store.commit(() => store.setRecord({ beganClusterMs: 1 }), 'now');
      restart();
      await renamed('a', 'm/a', '2', '9');
      expect(await lookedInto('m/a')).toEqual(['child_file_moved_to /w/m/a']);
    });
  });

  it('a file that nobody knew, found in a directory that was renamed, came to where that is by now', async () => {
    await keeper.walkBegins();
    await keeper.walkEnded(1, 1);
    const renamed = (source: NewBatch['source'], kind: string, from: string, to: string, ...spine: string[]) =>
      decide(
        source,
        [
          [`child_${kind}_moved_from`, from, ...spine],
          [`child_${kind}_moved_to`, to, ...spine],
        ],
        at + 1,
        true,
      );
    await decide('stream', [['child_dir_added', 'd', '2', '9']]);
    await renamed('stream', 'dir', 'd', 'e', '2', '9');
    await renamed('stream', 'dir', 'e', 'f', '2', '9');
    expect(await renamed('walk', 'file', 'd/a', 'e/a', '9', '7')).toEqual(['child_file_moved_to /w/f/a']);
  });

  it('what a person does later is never left out', async () => {
    await decide('catch-up', [[COMES, 'a', '2', '7']]);
    expect(await decide('stream', [[COMES, 'a', '2', '7']])).toEqual([]);
    expect(await decide('stream', [['child_file_moved_from', 'a', '2', '7']])).toHaveLength(1);
    expect(await decide('stream', [['child_file_moved_to', 'a', '2', '7']])).toHaveLength(1);
    expect(await decide('stream', [['child_file_removed', 'a', '2', '7']])).toHaveLength(1);
    expect(await decide('stream', [[COMES, 'a', '2', '9']])).toHaveLength(1);
  });

  it('what has gone, or was renamed, since the walk came by is not told as it was', async () => {
    await keeper.walkBegins();
    await decide('stream', [['child_file_removed', 'a', '2', '7']]);
    expect(await decide('catch-up', [[COMES, 'a', '2', '7']])).toEqual([]);
    await decide('stream', [[COMES, 'b', '2', '8']]);
    await decide('catch-up', [
      ['child_file_moved_from', 'b', '2', '8'],
      ['child_file_moved_to', 'c', '2', '8'],
    ]);
    expect(store.names('8')).toMatchObject([{ name: 'c' }]);
    expect(await decide('catch-up', [[COMES, 'b', '2', '8']])).toEqual([]);
  });

  it('what is decided about a stretch is decided again when the process died before its position was durable', async () => {
    await decide('stream', [[COMES, 'old', '2', '5']]);
    const stretch: readonly Event[] = [
      [COMES, 'a', '2', '7'],
      [COMES, 'old', '2', '5'],
      ['child_file_moved_from', 'a', '2', '7'],
      ['child_file_moved_to', 'b', '2', '7'],
      ['child_file_removed', 'b', '2', '7'],
    ];
    const first = await decide('catch-up', stretch);
    expect(first).toEqual(['child_file_added /w/a', 'child_file_renamed /w/b']);
    const known = store.names('7');
    restart();
    expect(keeper.decidedUntil(0, '1')).toBe('2');
    expect(await decide('catch-up', stretch, 2)).toEqual(first);
    expect(store.names('7')).toEqual(known);
    // Beyond it, it is decided anew.
    expect(await decide('catch-up', [[COMES, 'b', '2', '7']])).toEqual([]);
  });

  it('the rename of a directory is one row; when it leaves, what is in it is forgotten', async () => {
    await decide('stream', [
      ['child_dir_added', 'd', '2', '3'],
      [COMES, 'd/a', '2', '3', '7'],
    ]);
    const [a] = store.names('7');
    if (a === undefined) throw new Error('it is there');
    expect(store.pathOf(a)).toBe('d/a');
    await store.commit(() => store.put({ ...a, fileId: '3', parentId: '2', name: 'e', directory: true }), 'now');
    expect(store.pathOf(a)).toBeDefined();
    await decide('stream', [['child_dir_removed', 'e', '2', '3']]);
    expect(store.names('7')).toEqual([]);
  });

  it('a further name of a file is one more row, and its end is not the end of the file', async () => {
    await decide('stream', [
      [COMES, 'a', '2', '7'],
      [COMES, 'b', '2', '7'],
      ['child_file_removed', 'a', '2', '7'],
    ]);
    expect(store.names('7')).toMatchObject([{ name: 'b' }]);
  });

  it('keeps ids and names as they are, however strange', async () => {
    const id = '18446744065119617025';
    const name = `"'%\n😀 \ud83d`;
    await decide('stream', [[COMES, name, '2', id]]);
    expect(store.names(id)).toMatchObject([{ fileId: id, name, parentId: '2' }]);
    expect(store.at('2', name)?.fileId).toBe(id);
  });
});
