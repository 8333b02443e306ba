/** Random operations on a small set of paths, so that they often meet, and how to do them on the file system. */
import * as fc from 'fast-check';
import { admin, splitPath, type World } from './fixture.ts';

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const bytes = fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 12 });
/** Around the borders of blocks and chunks, too. */
const offset = fc.constantFrom(0, 1, 3, 10, 4095, 4096, 8190, 65_534, 65_536, 70_000);

export const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('file' as const), path }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('directory' as const), path }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), path }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rename' as const), path, to: path, clobber: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tree-delete' as const), path }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('link' as const), path, to: path }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), path, offset: fc.option(offset), bytes }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('truncate' as const), path, size: offset }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('punch' as const), path, offset, size: offset }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('chmod' as const), path, mode: fc.constantFrom('0600', '0777', '0000') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('snapshot' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), which: fc.nat(5) }) },
);
export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Does it; the id of the object, '' after a removal. Throws what the file system throws. */
export const applyToFs = ({ fs }: World, step: Exclude<Operation, { do: 'snapshot' | 'forget' }>): string => {
  const { parent, name: last } = splitPath(step.path);
  switch (step.do) {
    case 'file':
      return fs.createEntry(admin, parent, { name: last, action: 'CREATE_FILE' }).value.id;
    case 'directory':
      return fs.createEntry(admin, parent, { name: last, action: 'CREATE_DIRECTORY' }).value.id;
    case 'remove':
      fs.delete(admin, step.path);
      return '';
    case 'tree-delete':
      fs.treeDelete.create(admin, step.path);
      while (fs.treeDelete.step(2));
      return '';
    case 'rename': {
      const target = splitPath(step.to);
      const entry = { name: target.name, action: 'RENAME', old_path: step.path, clobber: step.clobber } as const;
      return fs.createEntry(admin, target.parent, entry).value.id;
    }
    case 'link': {
      const target = splitPath(step.to);
      const entry = { name: target.name, action: 'CREATE_LINK', old_path: step.path } as const;
      return fs.createEntry(admin, target.parent, entry).value.id;
    }
    case 'write':
      return fs.writeData(admin, step.path, Buffer.from(step.bytes), { offset: step.offset ?? undefined }).value.id;
    case 'truncate':
      return fs.setAttributes(admin, step.path, { size: String(step.size) }).value.id;
    case 'punch':
      return fs.punchHole(admin, step.path, { offset: step.offset, size: step.size }).value.id;
    case 'chmod':
      return fs.setAttributes(admin, step.path, { mode: step.mode }).value.id;
    default:
      return step satisfies never;
  }
};
