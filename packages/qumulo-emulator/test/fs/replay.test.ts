/** Whoever hears all events of a tree can keep an exact list of it: nothing is missed, nothing is told wrong, in order. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FsError, type WatchEvent } from '../../src/fs/index.ts';
import { admin, makeWorld, type World } from './fixture.ts';
import { applyToFs, operation, type Operation } from './operations.ts';

/** Paths relative to the watched directory and the ids there. */
const listOf = ({ fs }: World, directory: string): Map<string, string> => {
  const all = new Map<string, string>();
  const walk = (ref: string, prefix: string) => {
    for (const { name, id, type } of fs.list(admin, ref).value.files) {
      all.set(`${prefix}${name}`, id);
      if (type === 'FS_FILE_TYPE_DIRECTORY') walk(id, `${prefix}${name}/`);
    }
  };
  walk(directory, '');
  return all;
};

/** Applies one event to a list. What lies below a moved directory moves along; what is moved in is looked up by the caller. */
const replay = (known: Map<string, string>, event: WatchEvent, pending: Map<string, Map<string, string>>): void => {
  const id = event.spine?.at(-1) ?? '';
  const below = [...known].filter(([path]) => path.startsWith(`${event.path}/`));
  if (/^child_(file|dir)_added$/.test(event.type)) known.set(event.path, id);
  else if (/^child_(file|dir)_removed$/.test(event.type)) {
    // A deleted tree is one event.
    for (const [path] of [[event.path], ...below]) known.delete(path ?? '');
  } else if (event.type.endsWith('_moved_from')) {
    for (const [path] of [[event.path], ...below]) known.delete(path ?? '');
    pending.set(id, new Map(below.map(([path, child]) => [path.slice(event.path.length), child])));
  } else if (event.type.endsWith('_moved_to')) {
    known.set(event.path, id);
    for (const [rest, child] of pending.get(id) ?? []) known.set(`${event.path}${rest}`, child);
  } else {
    // Everything else changes an object that must be known.
    expect([event.path, known.get(event.path)]).toEqual([event.path, id]);
  }
};

const tryStep = (world: World, step: Operation): void => {
  if (step.do === 'snapshot' || step.do === 'forget') return;
  try {
    applyToFs(world, step);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
};

describe('replaying events', () => {
  test('a recursive watch on the root tells the whole tree', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 5, maxLength: 80, size: 'max' }),
        fc.integer({ min: 1, max: 5 }),
        (steps, batch) => {
          const world = makeWorld({ watcherBatchLimit: batch });
          const watched = world.watch('/');
          for (const step of steps) tryStep(world, step);
          world.settle();
          const known = new Map<string, string>();
          const pending = new Map<string, Map<string, string>>();
          for (const event of watched.events) replay(known, event, pending);
          expect(known).toEqual(listOf(world, '/'));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a watch that is not recursive tells the names of its directory', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 5, maxLength: 80, size: 'max' }), (steps) => {
        const world = makeWorld();
        const watched = world.watch('/', false);
        for (const step of steps) tryStep(world, step);
        world.settle();
        const known = new Map<string, string>();
        for (const event of watched.events) {
          expect(event.path).not.toContain('/');
          replay(known, event, new Map());
        }
        expect(known).toEqual(new Map([...listOf(world, '/')].filter(([path]) => !path.includes('/'))));
      }),
      { numRuns: 100 },
    );
  });
});
