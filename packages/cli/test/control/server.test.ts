import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { controlAddress } from '../../src/control/address.ts';
import { type ControlClient, connectControl } from '../../src/control/client.ts';
import type { Handlers } from '../../src/control/protocol.ts';
import { startControl } from '../../src/control/server.ts';
import { cliErrorOf, temporaryDirectory } from '../support.ts';

const refuse = () => Promise.reject(new Error('not in this test'));

async function serve(stateDir: string, handlers: Partial<Handlers>) {
  const all = {
    status: refuse,
    'jobs.running': refuse,
    'jobs.retry': refuse,
    'jobs.cancel': refuse,
    'dead.retry': refuse,
    'dead.discard': refuse,
    'rules.reload': refuse,
    ...handlers,
  };
  const server = await startControl(stateDir, all);
  onTestFinished(() => server.close());
  return server;
}

async function client(stateDir: string): Promise<ControlClient> {
  const connected = await connectControl(stateDir);
  if (connected === undefined) throw new Error('nobody listens');
  onTestFinished(() => connected.close());
  return connected;
}

test('answers each request with what its handler says, also several at once', async () => {
  const stateDir = temporaryDirectory();
  await serve(stateDir, {
    'jobs.retry': ({ keys }) => Promise.resolve({ changed: keys.filter((key) => key !== 'b') }),
    'rules.reload': () => Promise.resolve({ ok: true, text: 'ä' }),
  });
  const control = await client(stateDir);
  const answers = await Promise.all([
    control.ask('jobs.retry', { keys: ['a\0\n', 'b'] }),
    control.ask('rules.reload', {}),
  ]);
  expect(answers).toEqual([{ changed: ['a\0\n'] }, { ok: true, text: 'ä' }]);
  const refused = await cliErrorOf(() => control.ask('status', {}));
  expect(refused.message).toContain('refused: not in this test');
});

test('is for this user alone, takes over what a killed one left behind, and leaves nothing', async () => {
  const stateDir = temporaryDirectory();
  const { path } = controlAddress(stateDir);
  writeFileSync(path, '');
  const server = await serve(stateDir, {});
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await server.close();
  expect(existsSync(path)).toBe(false);
  expect(await connectControl(stateDir)).toBeUndefined();
  writeFileSync(path, '');
  expect(await connectControl(stateDir)).toBeUndefined();
});

test('a state directory with a long path has its socket elsewhere', async () => {
  const stateDir = join(temporaryDirectory(), 'x'.repeat(120));
  mkdirSync(stateDir);
  const { directory, path } = controlAddress(stateDir);
  const server = await serve(stateDir, { 'rules.reload': () => Promise.resolve({ ok: false, text: '' }) });
  expect(statSync(directory ?? '').mode & 0o777).toBe(0o700);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await (await client(stateDir)).ask('rules.reload', {})).toEqual({ ok: false, text: '' });
  await server.close();
  expect(existsSync(directory ?? '')).toBe(false);
});

test('a line that is no request is answered, and the next one is dealt with', async () => {
  const stateDir = temporaryDirectory();
  await serve(stateDir, { 'rules.reload': () => Promise.resolve({ ok: true, text: '' }) });
  const socket = connect(controlAddress(stateDir).path).setEncoding('utf8');
  onTestFinished(() => void socket.destroy());
  let text = '';
  const both = new Promise<void>((resolve) => {
    socket.on('data', (more: string) => {
      text += more;
      if (text.split('\n').length > 2) resolve();
    });
  });
  socket.write('what?\n{"id":7,"method":"rules.');
  socket.write('reload"}\n');
  await both;
  const lines = text.trim().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { id: null, ok: false, error: expect.stringContaining('JSON') },
    { id: 7, ok: true, result: { ok: true, text: '' } },
  ]);
});

test('a monitor that ends, or says nothing, before it answers is an error that says so', async () => {
  const stateDir = temporaryDirectory();
  const silent = createServer((socket) => void socket.on('data', () => undefined).on('error', () => undefined));
  silent.listen(controlAddress(stateDir).path);
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const control = await connectControl(stateDir, 20);
  onTestFinished(() => control?.close());
  const late = await cliErrorOf(() => control?.ask('status', {}));
  expect(late.message).toContain('has not answered within');

  const other = temporaryDirectory();
  const ending = createServer((socket) => void socket.on('data', () => socket.destroy()));
  ending.listen(controlAddress(other).path);
  await once(ending, 'listening');
  onTestFinished(() => void ending.close());
  const ended = await cliErrorOf(async () => (await client(other)).ask('status', {}));
  expect(ended.message).toContain('has ended before it answered');
});
