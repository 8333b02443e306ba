import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotifyBatch, NotifyBurst } from '../../src/index.ts';
import { ByteNotifyStream } from '../../src/notify/stream.ts';
import { FakeClock } from '../support/fake-clock.ts';

function open() {
  const clock = new FakeClock();
  const source = { pause: () => undefined, resume: () => undefined, destroy: () => undefined };
  const stream = new ByteNotifyStream(source, {
    clock,
    silenceMs: 60_000,
    maxBufferedBytes: 1_000_000,
    onEnd: () => undefined,
  });
  return { clock, stream, send: (text: string) => stream.push(Buffer.from(text)) };
}

const event = (path: string, type = 'child_file_added') => ({ type, spine: ['2', '3'], path, stream_name: null });
const data = (...paths: string[]) => `data: ${JSON.stringify(paths.map((path) => event(path)))}\n\n`;
const paths = ({ events }: NotifyBurst) => Array.from({ length: events.length }, (_, n) => events.path(n));
const seen = ({ events }: NotifyBurst) =>
  Array.from({ length: events.length }, (_, n) => [events.type(n), events.path(n), events.id(n), events.parentId(n)]);

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of list) found.push(one);
  return found;
}

describe('bursts', () => {
  it('are lines that came in the same millisecond and waited together, whether somebody waits for them or not', async () => {
    const { stream, send, clock } = open();
    const reader = stream.bursts()[Symbol.asyncIterator]();
    const waiting = reader.next();
    send(`: watching\n\n${data('a', 'b')}`);
    send(data('c'));
    clock.advance(5);
    send(data('d'));
    const first = await waiting;
    await stream.registered;
    expect(first.value?.raw).toBe(`${data('a', 'b').slice(6, -2)}\n${data('c').slice(6, -2)}`);
    expect(first.value === undefined ? [] : paths(first.value)).toEqual(['a', 'b', 'c']);
    expect((await reader.next()).value).toMatchObject({ receivedAtMs: clock.now(), raw: data('d').slice(6, -2) });
    await reader.return?.(undefined);
    expect(await stream.ended).toEqual({ reason: 'aborted' });
  });

  it('do not grow without bound', async () => {
    const { stream, send } = open();
    for (let n = 0; n < 200; n += 1) send(data('x'.repeat(4_000)));
    stream.end('closed');
    const bursts = await all(stream.bursts());
    expect(bursts.length).toBeGreaterThan(4);
    expect(Math.max(...bursts.map(({ raw }) => raw.length))).toBeLessThan(150_000);
    expect(bursts.flatMap(paths)).toHaveLength(200);
  });

  it('end with what ends the stream, and give what came before', async () => {
    for (const [text, reason] of [
      ['data: [{"type":\n', 'protocol'],
      ['hello\n', 'protocol'],
      [`data: ${JSON.stringify([event('gone', 'self_removed')])}\n`, 'self-removed'],
      [`data: ${JSON.stringify([{ type: 'self_removed' }])}\n`, 'self-removed'],
      ['data: {"error_class":"fs_watcher_missed_events_error","description":"too slow"}\n', 'refused'],
    ] as const) {
      const { stream, send } = open();
      send(data('before') + text + data('never'));
      expect(await stream.ended).toMatchObject({ reason });
      const seen = (await all(stream.bursts())).flatMap(paths);
      expect(seen[0]).toBe('before');
      expect(seen).not.toContain('never');
    }
  });

  it('are dropped when the stream is closed', async () => {
    const { stream, send } = open();
    send(data('a'));
    await stream.close();
    expect(await all(stream.bursts())).toEqual([]);
  });

  it('say the same as batches, however the bytes came', async () => {
    const usual = fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }).map((names) => data(...names));
    const same = usual.map((text) => text + text.replaceAll('child_file_added', 'child_data_written'));
    const line = fc.oneof(
      same,
      usual.map((text) => text.replace(']\n', '] \n')),
      { weight: 5, arbitrary: usual },
      usual.map((text) => text.replaceAll('\n', '\r\n')),
      usual.map((text) => text.replace('data: ', 'data:')),
      fc.constantFrom('\n', '\r\n', ': keepalive\n', ': watching\n', 'id: 1\n', 'data: []\n'),
      fc.constantFrom('data: {"type":"child_file_added"}\n', 'data: [ {"type":"later","path":"x","spine":[]} ]\n'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.array(fc.nat()), async (lines, cuts) => {
        const bytes = Buffer.from(lines.join(''));
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const fed = () => {
          const { stream } = open();
          for (const [n, end] of [...places, bytes.length].entries())
            stream.push(bytes.subarray(places[n - 1] ?? 0, end));
          stream.end('closed');
          return stream;
        };
        const batches: NotifyBatch[] = await all(fed());
        const bursts = await all(fed().bursts());
        expect(bursts.flatMap(({ raw }) => raw.split('\n'))).toEqual(batches.map(({ raw }) => raw));
        expect(bursts.flatMap(seen)).toEqual(
          batches.flatMap(({ events }) =>
            events.map(({ type, path, spine }) => [type, path, spine.at(-1) ?? '', spine.at(-2) ?? '']),
          ),
        );
      }),
    );
  });
});
