import { describe, expect, it } from 'vitest';
import type { NotifyBatch } from '../../src/index.ts';
import { ByteNotifyStream } from '../../src/notify/stream.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { failure } from '../support/server.ts';

function open(options: { maxBufferedBytes?: number; silenceMs?: number } = {}) {
  const clock = new FakeClock();
  const log: string[] = [];
  const source = {
    pause: () => void log.push('pause'),
    resume: () => void log.push('resume'),
    destroy: () => void log.push('destroy'),
  };
  const stream = new ByteNotifyStream(source, {
    clock,
    silenceMs: 60_000,
    maxBufferedBytes: 1_000_000,
    onEnd: () => void log.push('end'),
    ...options,
  });
  const send = (text: string) => stream.push(Buffer.from(text));
  return { clock, log, stream, send };
}

const data = (...types: string[]) =>
  `data: ${JSON.stringify(types.map((type) => ({ type, path: 'a', spine: ['2', '3'] })))}\n`;

/** The types of what can be had without anything more being received. */
async function drain(stream: ByteNotifyStream): Promise<string[]> {
  const types: string[] = [];
  for await (const batch of stream) types.push(...batch.events.map(({ type }) => type));
  return types;
}

describe('a notify stream', () => {
  it('hands out a whole burst of one packet without waiting for more', async () => {
    const { stream, send, clock } = open();
    const names = Array.from({ length: 10 }, (_, i) => `type_${i}`);
    clock.advance(5);
    send(`: watching\n${names.map((name) => data(name)).join('\n')}`);
    await stream.registered;
    const reader = stream[Symbol.asyncIterator]();
    const batches: NotifyBatch[] = [];
    for (const _ of names) {
      const { value } = await reader.next();
      if (value !== undefined) batches.push(value);
    }
    expect(batches.map(({ events }) => events[0]?.type)).toEqual(names);
    expect(batches[0]).toMatchObject({ raw: data('type_0').slice(6, -1), receivedAtMs: clock.now() });
  });

  it('hands batches to whoever waits already, in order', async () => {
    const { stream, send } = open();
    const reader = stream[Symbol.asyncIterator]();
    const waiting = [reader.next(), reader.next()];
    send(data('one') + data('two'));
    expect((await Promise.all(waiting)).map(({ value }) => value?.events[0]?.type)).toEqual(['one', 'two']);
  });

  it('is registered by its comment only, and rejects the registration when it ends before', async () => {
    const { stream, send } = open();
    send(`: keepalive\n${data('x')}`);
    stream.end('closed');
    expect(await failure(stream.registered)).toMatchObject({ kind: 'reset', retryable: true });
    expect(await stream.ended).toEqual({ reason: 'closed' });
  });

  it('hands out what it had received when the cluster ends it', async () => {
    const { stream, send } = open();
    send(data('one') + data('two'));
    stream.end('closed');
    expect(await drain(stream)).toEqual(['one', 'two']);
  });

  it('ends readers at once and drops the rest when it is closed', async () => {
    const { stream, send, log } = open();
    const waiting = stream[Symbol.asyncIterator]().next();
    await stream.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
    send(data('late'));
    expect(await drain(stream)).toEqual([]);
    expect(await stream.ended).toEqual({ reason: 'aborted' });
    expect(log).toEqual(['destroy', 'end']);
  });

  it('is closed by leaving the loop', async () => {
    const { stream, send } = open();
    send(data('one') + data('two'));
    for await (const batch of stream) {
      expect(batch.events[0]?.type).toBe('one');
      break;
    }
    expect(await stream.ended).toEqual({ reason: 'aborted' });
  });

  it('ends after self_removed, whatever follows', async () => {
    const { stream, send, log } = open();
    send(data('one', 'self_removed') + data('never'));
    expect(await stream.ended).toEqual({ reason: 'self-removed' });
    expect(await drain(stream)).toEqual(['one', 'self_removed']);
    expect(log).toContain('destroy');
  });

  it('ends at a malformed line, names it, and still hands out what came before it', async () => {
    const { stream, send } = open();
    send(`${data('one')}data: [{"type":\n${data('never')}`);
    const end = await stream.ended;
    expect(end).toMatchObject({ reason: 'protocol', error: { code: 'QUMULO_PROTOCOL_ERROR' } });
    expect(String(end.error)).toContain('data: [{\\"type\\":');
    expect(await drain(stream)).toEqual(['one']);
  });

  it('ends at an error of the cluster', async () => {
    const { stream, send } = open();
    send('data: {"error_class":"fs_watcher_missed_events_error","description":"too slow"}\n');
    expect(await stream.ended).toMatchObject({
      reason: 'refused',
      error: { errorClass: 'fs_watcher_missed_events_error' },
    });
  });

  it('ends at a line that never ends', async () => {
    const { stream, send } = open({ maxBufferedBytes: 1_000 });
    for (let i = 0; i < 11; i++) send('x'.repeat(100));
    expect(await stream.ended).toMatchObject({ reason: 'protocol' });
  });
});

describe('silence', () => {
  it('of 60 s is the end; any byte starts it again', async () => {
    const { stream, send, clock } = open();
    await clock.sleeping(1);
    clock.advance(59_999);
    send(': keepalive\n');
    expect(stream.lastByteAtMs).toBe(clock.now());
    clock.advance(1);
    await clock.sleeping(1);
    clock.advance(59_998);
    expect(clock.slept.at(-1)).toBe(59_999);
    const state = await Promise.race([stream.ended, Promise.resolve('alive')]);
    expect(state).toBe('alive');
    clock.advance(1);
    expect(await stream.ended).toMatchObject({ reason: 'silence', error: { kind: 'timeout', retryable: true } });
  });

  it('of our own making does not count', async () => {
    const { stream, send, clock, log } = open({ maxBufferedBytes: 100 });
    await clock.sleeping(1);
    send(data('one') + data('two') + data('three'));
    expect(log).toEqual(['pause']);
    for (let i = 0; i < 5; i++) {
      clock.advance(60_000);
      await clock.sleeping(1);
    }
    const reader = stream[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) await reader.next();
    expect(log).toEqual(['pause', 'resume']);
    clock.advance(59_999);
    expect(await Promise.race([stream.ended, Promise.resolve('alive')])).toBe('alive');
  });

  it('leaves no timer behind when the stream ends otherwise', async () => {
    const { stream, clock } = open();
    await clock.sleeping(1);
    await stream.close();
    clock.advance(120_000);
    expect(clock.slept).toEqual([60_000]);
    expect(await stream.ended).toEqual({ reason: 'aborted' });
  });
});
