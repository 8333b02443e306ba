import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNotifyLine } from '../../src/notify/read-line.ts';

const event = { type: 'child_file_added', path: 'home/joe', spine: ['2', '7'], stream_name: null };

describe('readNotifyLine', () => {
  it.each([': watching', ': watching /records (id 7)', ':watching', ': watchingly'])('%j is the registration', (line) =>
    expect(readNotifyLine(line)).toEqual({ kind: 'watching' }),
  );

  it.each(['', ':', ': keepalive', ': keepalive: watching', ': anything', 'event: x', 'id: 1', 'retry', 'id'])(
    '%j is nothing',
    (line) => expect(readNotifyLine(line)).toEqual({ kind: 'nothing' }),
  );

  it('reads a list of events, or one bare event, with or without the blank', () => {
    for (const [raw, events] of [
      [JSON.stringify([event, event]), [event, event]],
      [JSON.stringify(event), [event]],
      ['[]', []],
    ] as const) {
      expect(readNotifyLine(`data: ${raw}`)).toEqual({ kind: 'events', events, raw });
      expect(readNotifyLine(`data:${raw}`)).toEqual({ kind: 'events', events, raw });
    }
  });

  it('passes types and keys that it does not know', () => {
    const later = { ...event, type: 'child_file_locked', until: '2031' };
    expect(readNotifyLine(`data: ${JSON.stringify([later])}`)).toMatchObject({ events: [later] });
    const bare = { type: 'child_file_locked', until: '2031' };
    const completed = { ...bare, path: null, spine: [], stream_name: null };
    expect(readNotifyLine(`data: ${JSON.stringify([bare])}`)).toMatchObject({ events: [completed] });
  });

  it('knows an error in place of events', () => {
    const raw = '{"error_class":"fs_watcher_missed_events_error","description":"too slow"}';
    expect(readNotifyLine(`data: ${raw}`)).toEqual({ kind: 'refused', raw });
  });

  it.each([
    'data',
    'data: ',
    'data: [',
    'data: null',
    'data: 1',
    'data: "x"',
    'data: [null]',
    'data: [[]]',
    'data: {}',
    'data: [{"type":1}]',
    'data: [{"type":"x","path":1}]',
    'data: [{"type":"x","spine":["2",3]}]',
    'data: [{"type":"x","spine":"2"}]',
    'data: [{"type":"x","stream_name":[]}]',
    'hello',
    ' data: []',
    'datax: []',
    '<html>',
  ])('%j is malformed', (line) => expect(() => readNotifyLine(line)).toThrow(Error));

  it('brings back any event that is sent', () => {
    const events = fc.array(
      fc.record({
        type: fc.string(),
        path: fc.option(fc.string({ unit: 'binary' })),
        spine: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)),
        stream_name: fc.option(fc.string()),
      }),
    );
    fc.assert(
      fc.property(events, (sent) => {
        expect(readNotifyLine(`data: ${JSON.stringify(sent)}`)).toMatchObject({ kind: 'events', events: sent });
      }),
    );
  });
});
