/**
 * Random sequences of operations on the file system and on the naive model: same answers, same refusals, same trees, and
 * every snapshot looks for ever like a deep copy of the model at its moment. Diffs explain exactly the difference.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DirectoryPage, FsError, type TreeDiffEntry } from '../../src/fs/index.ts';
import { admin, makeWorld, type World } from './fixture.ts';
import { applyToFs, operation, type Operation } from './operations.ts';
import { deepCopy, flatten, Model, type ModelDirectory, Refused } from './model.ts';

const refusalClass = {
  missing: ['fs_no_such_entry_error'],
  exists: ['fs_entry_exists_error'],
  'not-empty': ['fs_directory_not_empty_error'],
  cycle: ['fs_directory_cycle_error'],
  'not-a-directory': ['fs_not_a_directory_error'],
  'not-a-file': ['fs_not_a_file_error', 'fs_invalid_file_type_error'],
  root: ['fs_invalid_argument_error'],
} as const;

type Kept = { id: number; tree: ModelDirectory };

const applyToModel = (model: Model, step: Operation, id: string): void => {
  switch (step.do) {
    case 'file':
      return model.add(step.path, { kind: 'file', id, bytes: [], mode: '0644' });
    case 'directory':
      return model.add(step.path, { kind: 'directory', id, children: new Map(), mode: '0755' });
    case 'remove':
      return model.remove(step.path);
    case 'tree-delete':
      return model.removeTree(step.path);
    case 'rename':
      return model.rename(step.path, step.to, step.clobber);
    case 'link':
      return model.link(step.path, step.to);
    case 'write':
      return model.write(step.path, step.offset ?? undefined, step.bytes);
    case 'truncate':
      return model.truncate(step.path, step.size);
    case 'punch':
      return model.punch(step.path, step.offset, step.size);
    case 'chmod':
      model.find(step.path).mode = step.mode;
      return undefined;
    case 'snapshot':
    case 'forget':
      return undefined;
    default:
      return step satisfies never;
  }
};

/** The whole tree as the file system shows it, present or snapshot. */
const treeOf = ({ fs }: World, snapshot?: number): Map<string, string> => {
  const all = new Map<string, string>();
  const walk = (directory: string) => {
    const { value } = fs.getAttributes(admin, directory, { snapshot });
    all.set(value.path, `directory ${value.id} ${value.mode} ${value.child_count}`);
    for (let after: string | null = ''; after !== null; ) {
      const page: DirectoryPage = fs.list(admin, directory, { snapshot, after, limit: 2 }).value;
      for (const file of page.files) {
        if (file.type === 'FS_FILE_TYPE_DIRECTORY') walk(file.path);
        else {
          const data = Buffer.concat([...fs.readData(admin, file.path, { snapshot }).chunks()]);
          expect(Number(file.size)).toBe(data.length);
          all.set(file.path, `file ${file.id} ${file.mode} ${data.toString('hex')}`);
        }
      }
      after = page.next;
    }
  };
  walk('/');
  return all;
};

/** Sums that aggregates of the root should show, counted by hand; it does not count itself. */
const countIn = (tree: Map<string, string>) => {
  const kinds = [...tree.values()].map((what) => what.split(' ', 2));
  const idsOf = (kind: string) => new Set(kinds.filter(([found]) => found === kind).map(([, id]) => id)).size;
  return { total_files: String(idsOf('file')), total_directories: String(idsOf('directory') - 1) };
};

/** Applies a diff to the older tree's paths; created and deleted directories stand for all below them. */
const explained = (
  older: Map<string, string>,
  newer: Map<string, string>,
  diff: readonly TreeDiffEntry[],
): string[] => {
  const covered = (key: string, op: TreeDiffEntry['op']) =>
    diff.some(
      (entry) => entry.op === op && (entry.path === key || (entry.path.endsWith('/') && key.startsWith(entry.path))),
    );
  const wrong: string[] = [];
  for (const key of new Set([...older.keys(), ...newer.keys()])) {
    const [before, after] = [older.get(key), newer.get(key)];
    if (before === after) continue;
    const replaced = covered(key, 'DELETE') && covered(key, 'CREATE');
    const ok =
      after === undefined
        ? covered(key, 'DELETE')
        : before === undefined
          ? covered(key, 'CREATE')
          : replaced || diff.some((entry) => entry.op === 'MODIFY' && entry.path === key);
    if (!ok) wrong.push(key);
  }
  // Nothing that is not there may be reported.
  for (const entry of diff) {
    const tree = entry.op === 'DELETE' ? older : newer;
    if (!tree.has(entry.path)) wrong.push(`${entry.op} ${entry.path}`);
  }
  return wrong;
};

const classOf = (error: unknown): string => {
  if (error instanceof FsError) return error.errorClass;
  throw error;
};

const outcome = (call: () => string): { id: string } | { refused: string } => {
  try {
    return { id: call() };
  } catch (error) {
    return { refused: classOf(error) };
  }
};

const runStep = (world: World, model: Model, kept: Kept[], step: Operation): void => {
  world.advance(1_000n);
  if (step.do === 'snapshot') {
    const { id } = world.fs.snapshots.create({ name: 's', source_file_id: '2' });
    kept.push({ id, tree: deepCopy(model.root) });
    return;
  }
  if (step.do === 'forget') {
    const [gone] = kept.splice(step.which % Math.max(1, kept.length), 1);
    if (gone !== undefined) world.fs.snapshots.delete(gone.id);
    return;
  }
  const result = outcome(() => applyToFs(world, step));
  try {
    applyToModel(model, step, 'id' in result ? result.id : '');
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // A path that leads through a file is "missing" for one and "not a directory" for the other.
    const allowed: string[] = [...refusalClass[error.why], 'fs_not_a_directory_error', 'fs_no_such_entry_error'];
    expect(allowed).toContain('refused' in result ? result.refused : `done, but the model says ${error.why}`);
    return;
  }
  expect(result).not.toHaveProperty('refused');
};

describe('against the naive model', () => {
  test('trees, data, refusals, snapshots, sums and diffs agree', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
        const world = makeWorld();
        const model = new Model();
        const kept: Kept[] = [];
        for (const step of steps) runStep(world, model, kept, step);
        const present = treeOf(world);
        expect(present).toEqual(flatten(model.root));
        expect(world.fs.aggregates(admin, '/')).toMatchObject(countIn(present));
        const trees = kept.map((snapshot) => {
          const tree = treeOf(world, snapshot.id);
          expect(tree).toEqual(flatten(snapshot.tree));
          expect(world.fs.aggregates(admin, '/', { snapshot: snapshot.id })).toMatchObject(countIn(tree));
          return { id: snapshot.id, tree };
        });
        for (const older of trees) {
          for (const newer of trees.filter(({ id }) => id >= older.id)) {
            const diff = world.fs.snapshots.treeDiff(newer.id, older.id).entries;
            expect(explained(older.tree, newer.tree, diff)).toEqual([]);
            expect(older !== newer || diff.length === 0).toBe(true);
          }
        }
      }),
      { numRuns: 250 },
    );
  });

  test('without snapshots nothing of the past is kept', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 20, maxLength: 60, size: 'max' }), (steps) => {
        const world = makeWorld();
        const model = new Model();
        const kept: Kept[] = [];
        for (const step of steps) runStep(world, model, kept, step);
        for (const { id } of kept) world.fs.snapshots.delete(id);
        expect(world.fs.heldForSnapshots()).toEqual({ states: 0, names: 0, noted: 0 });
        expect(treeOf(world)).toEqual(flatten(model.root));
      }),
      { numRuns: 100 },
    );
  });
});
