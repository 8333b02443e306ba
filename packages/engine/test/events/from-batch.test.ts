import { notifyEventTypes, readNotifyEvents } from '@qwarden/qumulo-client';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeTypes } from '../../src/events/kinds.ts';
import { changesOf } from '../../src/events/from-batch.ts';
import type { LogEntry } from '../../src/queue/port.ts';

const event = fc.record(
  {
    type: fc.constantFrom(...notifyEventTypes, 'child_file_locked'),
    spine: fc.array(fc.nat().map(String), { maxLength: 4 }),
    path: fc.option(fc.oneof(fc.string(), fc.constantFrom('a/', '/a', '/', 'a/b.pdf'))),
    stream_name: fc.option(fc.string()),
    more: fc.nat(),
  },
  { requiredKeys: ['type', 'spine', 'path', 'stream_name'] },
);

/** What is done to a file makes the cluster tell of it several times in a row. */
const inARow = fc
  .tuple(event, fc.array(fc.constantFrom(...notifyEventTypes), { minLength: 1, maxLength: 4 }))
  .map(([{ spine, path, stream_name }, types]) => types.map((type) => ({ type, spine, path, stream_name })));

function entryOf(lines: readonly (readonly unknown[])[], root: string): LogEntry {
  const raw = lines.map((events) => JSON.stringify(events)).join('\n');
  return { position: '7', epoch: 1, receivedAt: 5, events: lines.flat().length, root, source: 'stream', raw };
}

const entry = fc
  .tuple(
    fc.array(fc.oneof(inARow, fc.array(event, { maxLength: 3 })), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('/', '/watched'),
  )
  .map(([lines, root]) => entryOf(lines, root));

it('the changes of a batch are the same whether it is at hand or read again, and have the same ids', () => {
  fc.assert(
    fc.property(entry, (one) => {
      const again = changesOf({ ...one, parsed: readNotifyEvents(one.raw) });
      expect(again).toEqual(changesOf(one));
      expect(new Set(again.changes.map(({ id }) => id)).size).toBe(again.changes.length);
    }),
  );
});

it('those of wanted types are what they are among all, and unknown types are told all the same', () => {
  fc.assert(
    fc.property(entry, fc.uniqueArray(fc.constantFrom(...changeTypes)), (one, types) => {
      const wanted = changeTypes.map((type) => types.includes(type));
      const all = changesOf(one);
      const some = changesOf(one, wanted);
      expect(some.changes).toEqual(all.changes.filter(({ type }) => types.includes(type)));
      expect(some.unknownTypes).toEqual(all.unknownTypes);
    }),
  );
});

it('those that share their file are what each would be alone', () => {
  fc.assert(
    fc.property(inARow, (events) => {
      const alone = events.flatMap((one) =>
        changesOf(entryOf([[one]], '/w')).changes.map((change) => ({ ...change, id: '' })),
      );
      expect(changesOf(entryOf([events], '/w')).changes.map((change) => ({ ...change, id: '' }))).toEqual(alone);
    }),
  );
});

it('a path is below the watched directory, without slashes at its ends', () => {
  const paths = (root: string) =>
    changesOf(
      entryOf([['a/b', '/a', 'd/', null, ''].map((path) => ({ type: 'child_dir_added', spine: ['2'], path }))], root),
    ).changes.map(({ path }) => path);
  expect(paths('/')).toEqual(['/a/b', '/a', '/d', '/', '/']);
  expect(paths('/w')).toEqual(['/w/a/b', '/w/a', '/w/d', '/w', '/w']);
});
