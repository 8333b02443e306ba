import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, RenameJoiner } from '../../src/index.ts';
import { change } from '../support/rules.ts';

let next = 0;

function from(path: string, over: Partial<Change> = {}): Change {
  return change({ id: `1.${next++}`, type: 'child_file_moved_from', path, at: 1000, ...over });
}

function to(path: string, over: Partial<Change> = {}): Change {
  return change({ id: `1.${next++}`, type: 'child_file_moved_to', path, at: 1000, ...over });
}

const short = (changes: readonly Change[]): string[] =>
  changes.map(({ type, movedFrom, path }) => {
    const what = type.replace(/^child_(file|dir)_/, '');
    return movedFrom === null ? `${what} ${path}` : `${what} ${movedFrom} > ${path}`;
  });

function run(joiner: RenameJoiner, changes: readonly Change[], until = 10_000): string[] {
  return short([...changes.flatMap((one) => joiner.add(one)), ...joiner.expire(until)]);
}

describe('the halves of a rename', () => {
  it('become one change that knows both paths, is decided with the second half, and has the deeper lineage', () => {
    const joiner = new RenameJoiner();
    const first = from('/a', { lineage: 2 });
    const second = to('/b', { at: 1500 });
    expect(joiner.add(first)).toEqual([]);
    expect(joiner.add(second)).toEqual([{ ...second, type: 'child_file_renamed', movedFrom: '/a', lineage: 2 }]);
    expect(joiner.nextExpiry).toBeNull();
    expect(joiner.expire(1e9)).toEqual([]);
  });

  it('of a directory become the rename of a directory', () => {
    const joiner = new RenameJoiner();
    joiner.add(from('/a', { type: 'child_dir_moved_from', kind: 'directory' }));
    const [joined] = joiner.add(to('/b', { type: 'child_dir_moved_to', kind: 'directory' }));
    expect(joined).toMatchObject({ type: 'child_dir_renamed', movedFrom: '/a', path: '/b', kind: 'directory' });
  });

  it('of several renames of one file in one batch are joined in turn', () => {
    expect(run(new RenameJoiner(), [from('/a'), to('/b'), from('/b'), to('/c')])).toEqual([
      'renamed /a > /b',
      'renamed /b > /c',
    ]);
    expect(run(new RenameJoiner(), [from('/a'), from('/b'), to('/b'), to('/c')])).toEqual([
      'renamed /a > /b',
      'renamed /b > /c',
    ]);
    expect(run(new RenameJoiner(), [from('/a'), to('/b'), from('/b'), to('/a')])).toEqual([
      'renamed /a > /b',
      'renamed /b > /a',
    ]);
  });

  it('without ids are joined only when nothing else can be meant: side by side in one batch', () => {
    const none = { fileId: '' };
    expect(run(new RenameJoiner(), [from('/a', none), to('/b', none), from('/c', none), to('/d', none)])).toEqual([
      'renamed /a > /b',
      'renamed /c > /d',
    ]);
    const later = to('/b', { ...none, id: '2.0' });
    expect(run(new RenameJoiner(), [from('/a', none), later])).toEqual(['moved_to /b', 'moved_from /a']);
    expect(run(new RenameJoiner(), [to('/b', none), from('/a', none)])).toEqual(['moved_to /b', 'moved_from /a']);
    expect(run(new RenameJoiner(), [from('/gone', none), from('/a', none), to('/b', none)])).toEqual([
      'renamed /a > /b',
      'moved_from /gone',
    ]);
  });

  it('of different files may be interleaved', () => {
    const other = { fileId: '11' };
    expect(run(new RenameJoiner(), [from('/a'), from('/x', other), to('/b'), to('/y', other)])).toEqual([
      'renamed /a > /b',
      'renamed /x > /y',
    ]);
  });

  it('in the wrong order are an arrival first and a rename when the other half comes', () => {
    const joiner = new RenameJoiner();
    const arrival = to('/b');
    const departure = from('/a', { at: 1001 });
    expect(joiner.add(arrival)).toEqual([arrival]);
    const [late] = joiner.add(departure);
    expect(late).toMatchObject({ id: departure.id, type: 'child_file_renamed', movedFrom: '/a', path: '/b', at: 1001 });
    expect(joiner.expire(1e9)).toEqual([]);
  });

  it('are not joined with an arrival that has moved on since', () => {
    expect(run(new RenameJoiner(), [to('/a'), from('/a'), to('/b'), from('/b'), to('/c')])).toEqual([
      'moved_to /a',
      'renamed /a > /b',
      'renamed /b > /c',
    ]);
  });

  it('that stay alone are an arrival at once and a departure when the window is over', () => {
    const joiner = new RenameJoiner();
    const [arrival, departure] = [to('/in'), from('/out', { fileId: '12', at: 1500 })];
    expect(joiner.add(arrival)).toEqual([arrival]);
    expect(joiner.add(departure)).toEqual([]);
    expect(joiner.nextExpiry).toBe(3500);
    expect(joiner.expire(3499)).toEqual([]);
    expect(joiner.expire(3500)).toEqual([departure]);
    expect(joiner.nextExpiry).toBeNull();
  });

  it('that are further apart than the window are no rename', () => {
    expect(run(new RenameJoiner(), [from('/a'), to('/b', { at: 3000 })])).toEqual(['moved_from /a', 'moved_to /b']);
    expect(run(new RenameJoiner({ windowMs: 5000 }), [from('/a'), to('/b', { at: 3000 })])).toEqual([
      'renamed /a > /b',
    ]);
  });

  it('that come back to the same path are no rename', () => {
    expect(run(new RenameJoiner(), [from('/a'), to('/a')])).toEqual(['moved_from /a', 'moved_to /a']);
    expect(run(new RenameJoiner(), [to('/a'), from('/a')])).toEqual(['moved_to /a', 'moved_from /a']);
  });

  it('are not joined over the end of an id, nor between kinds', () => {
    const removed = change({ type: 'child_file_removed', path: '/gone', at: 1000 });
    expect(run(new RenameJoiner(), [from('/a'), removed, to('/b')])).toEqual([
      'moved_from /a',
      'removed /gone',
      'moved_to /b',
    ]);
    const added = change({ type: 'child_file_added', path: '/new', at: 1000 });
    expect(run(new RenameJoiner(), [from('/a'), added, to('/b')])).toEqual([
      'moved_from /a',
      'added /new',
      'moved_to /b',
    ]);
    const directory = to('/d', { type: 'child_dir_moved_to', kind: 'directory' });
    expect(run(new RenameJoiner(), [from('/a'), directory])).toEqual(['moved_from /a', 'moved_to /d']);
  });

  it('do not wait for hours when the clock is set back', () => {
    const joiner = new RenameJoiner();
    joiner.add(from('/a', { at: 10_000_000 }));
    expect(short(joiner.expire(5000))).toEqual(['moved_from /a']);
  });

  it('wait in a state that survives JSON', () => {
    const joiner = new RenameJoiner({ windowMs: 3000 });
    joiner.add(from('/a'));
    joiner.add(to('/in', { fileId: '77' }));
    const again = RenameJoiner.fromJSON(JSON.parse(JSON.stringify(joiner)));
    expect(again.toJSON()).toEqual(joiner.toJSON());
    expect(again.nextExpiry).toBe(4000);
    expect(run(again, [to('/b'), from('/was', { fileId: '77' })])).toEqual(['renamed /a > /b', 'renamed /was > /in']);
  });

  it('are bounded: the oldest go out alone', () => {
    const joiner = new RenameJoiner();
    const out: Change[] = [];
    for (let id = 0; id < 100_002; id++) out.push(...joiner.add(from('/a', { fileId: String(id) })));
    expect(out.map(({ fileId }) => fileId)).toEqual(['0', '1']);
  });
});

it('everything else passes through untouched', () => {
  const written = change({ type: 'child_data_written' });
  const stream = change({ type: 'child_stream_moved_from', stream: 's' });
  const joiner = new RenameJoiner();
  expect([...joiner.add(written), ...joiner.add(stream)]).toEqual([written, stream]);
});

it('loses and invents no half, whatever comes, also when it is restored at any point', () => {
  const half = fc.record({
    isFrom: fc.boolean(),
    fileId: fc.constantFrom('1', '2'),
    path: fc.constantFrom('/a', '/b', '/c'),
    after: fc.integer({ min: 0, max: 1500 }),
    restore: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(half, { maxLength: 12 }), (halves) => {
      let joiner = new RenameJoiner();
      let at = 0;
      const left: string[] = [];
      const came: string[] = [];
      const out: Change[] = [];
      for (const { isFrom, fileId, path, after, restore } of halves) {
        at += after;
        (isFrom ? left : came).push(`${fileId} ${path}`);
        out.push(...joiner.add((isFrom ? from : to)(path, { fileId, at })));
        if (restore) joiner = RenameJoiner.fromJSON(JSON.parse(JSON.stringify(joiner)));
        out.push(...(isFrom ? [] : joiner.expire(at)));
      }
      out.push(...joiner.expire(at + 2000));
      expect(joiner.nextExpiry).toBeNull();
      const leftOut = out.flatMap(({ type, fileId, path, movedFrom }) =>
        movedFrom !== null ? [`${fileId} ${movedFrom}`] : type.endsWith('from') ? [`${fileId} ${path}`] : [],
      );
      expect(leftOut.sort()).toEqual(left.sort());
      const cameOut = new Set(
        out.filter(({ type }) => !type.endsWith('from')).map(({ fileId, path }) => `${fileId} ${path}`),
      );
      expect(cameOut).toEqual(new Set(came));
      expect(new Set(out.map(({ id }) => id)).size).toBe(out.length);
    }),
  );
});
