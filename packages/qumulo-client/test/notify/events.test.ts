import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notifyEventTypes, type NotifyEvents, parseNotifyBatch, readNotifyEvents } from '../../src/index.ts';
import { EventColumns } from '../../src/notify/columns.ts';
import { EventScanner } from '../../src/notify/scan.ts';

interface Seen {
  readonly type: string;
  readonly path: string | null;
  readonly id: string;
  readonly parentId: string;
  readonly spine: readonly string[];
  readonly stream: string | null;
}

/** What the table of events says. */
function table(events: NotifyEvents): Seen[] {
  const rows = rowsOf(events);
  const isSame = (one: Seen, other: Seen | undefined) =>
    one.path === other?.path && one.id === other.id && one.parentId === other.parentId && one.stream === other.stream;
  expect(rows.filter((row, n) => events.isRepeated(n) && !isSame(row, rows[n - 1]))).toEqual([]);
  return rows;
}

function rowsOf(events: NotifyEvents): Seen[] {
  return Array.from({ length: events.length }, (_, n) => {
    const type = events.type(n);
    expect(events.typeCode(n)).toBe(notifyEventTypes.findIndex((one) => one === type));
    const [path, spine, stream] = [events.path(n), events.spine(n), events.streamName(n)];
    return { type, path, id: events.id(n), parentId: events.parentId(n), spine, stream };
  });
}

/** What JSON.parse and the rules for lines say. */
function plain(raw: string): Seen[] {
  return parseNotifyBatch(raw).map(({ type, path, spine, stream_name: stream }) => {
    return { type, path, id: spine.at(-1) ?? '', parentId: spine.at(-2) ?? '', spine, stream };
  });
}

function outcome(read: () => Seen[]): unknown {
  try {
    return read();
  } catch (error) {
    return String(error);
  }
}

function expectSame(raw: string): void {
  expect(outcome(() => table(readNotifyEvents(raw)))).toEqual(outcome(() => plain(raw)));
}

/** Does the scanner read it by itself? */
function isScanned(raw: string): boolean {
  const scanner = new EventScanner();
  scanner.begin(raw);
  return scanner.events(0, 0, new EventColumns()) === raw.length;
}

const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\\', '"', '/', '\u0000', '\n', '\ud800', '\udc00', 'é', '😀', '\u2028', '\ufeff', 'a'),
  }),
  fc.constantFrom('home/joe/fff2', 'a', '', 'null', '"', '{"type":"x"}'),
);
const id = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  fc.constantFrom('', '0', '123456789012', '1234567890123', '99999999999999999999999999999'),
  name,
);
const type = fc.oneof(fc.constantFrom(...notifyEventTypes), fc.constantFrom('child_file_locked', ''), name);
const event = fc.record({
  type,
  spine: fc.array(id, { maxLength: 5 }),
  path: fc.option(name),
  stream_name: fc.option(name),
});
/** As clusters send them. */
const usual = fc.record({
  type: fc.constantFrom(...notifyEventTypes),
  spine: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String), { maxLength: 6 }),
  path: fc.option(name),
  stream_name: fc.option(name),
});

/** One event in JSON: keys in any order, blanks, escapes, keys twice, keys too many and too few, values of other kinds. */
const written = fc
  .tuple(
    event,
    fc.shuffledSubarray(['type', 'spine', 'path', 'stream_name'] as const, { minLength: 3 }),
    fc.constantFrom('', '', '', ' ', '\n', '\r', '\t'),
    fc.option(fc.tuple(fc.constantFrom('type', 'path', 'spine', 'stream_name', 'until', '__proto__'), fc.json()), {
      freq: 3,
    }),
    fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => text,
      (text) => text.replaceAll('/', String.raw`\/`),
      (text) => text.replaceAll('e', String.raw`\u0065`),
      (text) => text.replaceAll('a', String.raw`\u{61}`),
    ),
  )
  .map(([one, keys, blank, more, escape]) => {
    const members = keys.map((key) => `"${key}":${blank}${escape(JSON.stringify(one[key]))}`);
    if (more !== null) members.splice(one.spine.length, 0, `${JSON.stringify(more[0])}:${more[1]}`);
    return `{${blank}${members.join(`${blank},`)}}`;
  });

/** Several of one object, as clusters tell them in a row, or nearly so. */
const repeated = fc
  .tuple(
    usual,
    fc.array(fc.tuple(fc.constantFrom(...notifyEventTypes), fc.constantFrom('', '', 'x', '"', '9')), {
      minLength: 2,
      maxLength: 4,
    }),
  )
  .map(([one, others]) =>
    others
      .map(([type, more]) => JSON.stringify({ ...one, type, path: one.path === null ? null : one.path + more }))
      .join(','),
  );

const batch = fc
  .tuple(
    fc.array(
      fc.oneof(
        written,
        repeated,
        usual.map((one) => JSON.stringify(one)),
      ),
      { maxLength: 4 },
    ),
    fc.boolean(),
  )
  .map(([events, isBare]) => (isBare && events.length === 1 ? `${events[0]}` : `[${events.join(',')}]`))
  // A line feed never stands in a line.
  .map((text) => text.replaceAll('\n', ' '));

describe('events that are scanned', () => {
  it('are the same as those that JSON.parse reads, and so is what is wrong with them', () => {
    fc.assert(fc.property(batch, expectSame), { numRuns: 2000 });
  });

  // oxlint-disable-next-line vitest/expect-expect -- `expectSame` does
  it('are the same when the text is cut, spoilt, or has more in it', () => {
    const spoilt = fc.tuple(
      batch,
      fc.nat(),
      fc.nat(3),
      fc.constantFrom('', '"', '\\', '}', ']', ',', '0', '\u0001', 'é', ' ', '{', '['),
    );
    fc.assert(
      fc.property(spoilt, ([text, at, cut, put]) => {
        const place = at % (text.length + 1);
        expectSame(text.slice(0, place) + put + text.slice(place + cut));
      }),
      { numRuns: 4000 },
    );
  });

  it('are the same line after line, whatever stands between', () => {
    const lines = fc.array(
      fc.oneof(
        batch,
        repeated.map((events) => `[${events}]`),
        fc.constant('[{"type":"later"}]'),
      ),
      { minLength: 2, maxLength: 6 },
    );
    fc.assert(
      fc.property(lines, (texts) => {
        const all = () => texts.flatMap(plain);
        expect(outcome(() => table(readNotifyEvents(texts.join('\n'))))).toEqual(outcome(all));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(notifyEventTypes)('%s in the usual form needs no JSON.parse', (type) => {
    const one = { type, spine: ['2', '10003', '5007655', '1459590167'], path: 'home/joe/é 😀 "q"', stream_name: null };
    const twin = { ...one, type: 'child_mtime_changed' };
    for (const text of [
      [one],
      [one, twin, one],
      [{ ...one, spine: [] }],
      [{ ...one, path: null }],
      [{ ...one, stream_name: 's' }],
      one,
      [],
    ]) {
      expect(isScanned(JSON.stringify(text))).toBe(true);
      expectSame(JSON.stringify(text));
    }
  });

  it.each([
    '',
    '[',
    '[[]]',
    '[{}]',
    '[{"type":"child_file_added","spine":["2"],"path":"a","stream_name":null},]',
    '[{"type":"child_file_added","spine":["2",],"path":"a","stream_name":null}]',
    '[{"type":"child_file_added","spine":["2"],"path":"a","stream_name":null}] ',
    '[{"type":"child_file_added","spine":["2"],"path":"a","stream_name":null}]]',
    '[{"type":"child_file_added","spine":[2],"path":"a","stream_name":null}]',
    '[{"type":"child_file_added","spine":["2"],"path":"a\u0001","stream_name":null}]',
    String.raw`[{"type":"child_file_added","spine":["2"],"path":"\x","stream_name":null}]`,
    String.raw`[{"type":"child_file_added","spine":["2"],"path":"\u12","stream_name":null}]`,
    String.raw`[{"type":"child_file_added","spine":["2"],"path":"a\"`,
    String.raw`[{"type":"child_file_added","spine":["2"],"path":"a` + '\\',
    '[{"type":"child_file_added","spine":["2"],"path":"a","path":"b","stream_name":null}]',
    '[{"spine":["2"],"type":"child_file_added","path":"a","stream_name":null}]',
    '[{"type":"child_e\u007ftra_attrs_changed","spine":["2"],"path":"a","stream_name":null}]',
    '[{"type":"child_eéxtra_attrs_change","spine":["2"],"path":"a","stream_name":null}]',
    '[{"type":"child_file_added","type":"child_dir_added","spine":["2"],"path":"a","stream_name":null}]',
    '[{"type":"child_file_added","spine":["2"],"path":"a","stream_name":null,"more":1}]',
    '{"error_class":"fs_watcher_missed_events_error","description":"too slow"}',
  ])('%j is left to JSON.parse', (raw) => {
    expect(isScanned(raw)).toBe(false);
    expectSame(raw);
  });

  it('know when they are about the same as the one before', () => {
    const one = { type: 'child_file_added', spine: ['2', '3'], path: 'a', stream_name: null };
    const written = { ...one, type: 'child_data_written' };
    const events = readNotifyEvents(
      `${JSON.stringify([one, written])}\n${JSON.stringify([one, { ...one, path: 'é' }, { ...one, path: 'ü' }])}`,
    );
    expect(Array.from({ length: 5 }, (_, n) => events.isRepeated(n))).toEqual([false, true, true, false, false]);
  });

  it('know the last two ids of a spine, and give each event as it came', () => {
    const list = [
      { type: 'child_file_added', spine: [], path: null, stream_name: null },
      { type: 'child_file_added', spine: ['7'], path: 'a', stream_name: 's' },
      {
        type: 'child_file_added',
        spine: ['2', '1234567890123456789', '98765432109876543210'],
        path: 'b',
        stream_name: '',
      },
      { type: 'later', spine: ['2', '3'], path: 'c', stream_name: null, more: 1 },
    ];
    const texts = list.map((one) => JSON.stringify([one]));
    const events = readNotifyEvents(texts.join('\n'));
    expect(table(events).map((one) => [one.parentId, one.id])).toEqual([
      ['', ''],
      ['', '7'],
      ['1234567890123456789', '98765432109876543210'],
      ['2', '3'],
    ]);
    expect(list.map((_, n) => events.json(n))).toEqual(list.map((one) => JSON.stringify(one)));
  });

  it('are as many as there are, also in texts that the scanner finds too long', () => {
    const one = JSON.stringify({
      type: 'child_data_written',
      spine: ['2', '3'],
      path: 'x'.repeat(100),
      stream_name: null,
    });
    const raw = `[${Array.from({ length: 20_000 }, () => one).join(',')}]`;
    const short = `[${Array.from({ length: 2_000 }, () => one).join(',')}]`;
    expect(readNotifyEvents(`${short}\n${raw}\n${short}`)).toHaveLength(24_000);
  });
});
