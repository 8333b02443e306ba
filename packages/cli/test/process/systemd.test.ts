import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MonitorEvent } from '@qwarden/engine';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/log/logger.ts';
import { openServiceManager } from '../../src/process/systemd.ts';
import { temporaryDirectory } from '../support.ts';

const at = '2026-11-25T12:00:00.000Z';
const listening: MonitorEvent = {
  kind: 'listening',
  at,
  path: '/records\nREADY=1',
  directoryId: '3',
  recursive: true,
  epoch: 1,
};

/** What systemd is to us: a datagram socket. It closes what comes along (BARRIER=1), by which the sender knows that it was read. */
const MANAGER = `
import array, json, os, socket, sys
own = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
own.bind(sys.argv[1])
print(json.dumps("bound"), flush=True)
while True:
    message, fds, _, _ = socket.recv_fds(own, 4096, 4)
    for fd in fds: os.close(fd)
    print(json.dumps(message.decode()), flush=True)
`;

/** A service manager on a real socket: `heard` is what it was told, without the barriers. */
async function startManager() {
  const socket = join(temporaryDirectory(), 'notify');
  const child = spawn('python3', ['-c', MANAGER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string[]> => {
    const { value } = await lines.next();
    const message: unknown = JSON.parse(String(value));
    const fields = String(message)
      .split('\n')
      .filter((field) => field !== '' && field !== 'BARRIER=1');
    return fields.length === 0 ? await next() : fields;
  };
  expect(await next()).toEqual(['bound']);
  return { socket, next };
}

function openLog() {
  const written: string[] = [];
  const sink = { write: (text: string) => void written.push(text) };
  return { written, logger: createLogger({ format: 'text', debug: false, sinks: [sink] }) };
}

const hasSystemd = spawnSync('systemd-notify', ['--version']).status === 0;

describe.skipIf(!hasSystemd && !process.env.CI)('with systemd-notify and a real socket', () => {
  test('says once that it is ready, then how it goes, and that it stops', async () => {
    const { socket, next } = await startManager();
    const environment = { PATH: process.env.PATH, NOTIFY_SOCKET: socket };
    const { written, logger } = openLog();
    const manager = openServiceManager(environment, logger);
    manager?.told({ kind: 'rules-loaded', at, hash: 'a', rules: 2, added: [], removed: [], changed: [] });
    manager?.told(listening);
    manager?.told({ kind: 'stream-ended', at, reason: 'closed', message: null });
    manager?.told({ kind: 'draining', at, inFlight: 3, waiting: 4 });
    await manager?.close();
    expect(await next()).toEqual(['STATUS=2 rules in force']);
    // A name from the cluster says nothing in our name.
    expect(await next()).toEqual(['READY=1', 'STATUS=Watching /records\\nREADY=1; 2 rules in force']);
    expect(await next()).toEqual(['STATUS=The stream has ended and is being opened again; 2 rules in force']);
    expect(await next()).toEqual(['STOPPING=1', 'STATUS=Stopping: 3 in flight']);
    expect(written).toEqual([]);
    expect(environment).toEqual({ PATH: process.env.PATH });
  });

  test('gives signs of life where a watchdog waits for them', async () => {
    const { socket, next } = await startManager();
    const environment = {
      PATH: process.env.PATH,
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: '30000',
      WATCHDOG_PID: String(process.pid),
    };
    const manager = openServiceManager(environment, openLog().logger);
    expect(await next()).toEqual(['WATCHDOG=1']);
    expect(await next()).toEqual(['WATCHDOG=1']);
    await manager?.close();
  });
});

test('without a service manager there is none', () => {
  expect(openServiceManager({}, openLog().logger)).toBeUndefined();
});

test('one that cannot be told is said once, and disturbs nothing', async () => {
  const { written, logger } = openLog();
  const nowhere = join(temporaryDirectory(), 'nothing');
  const manager = openServiceManager({ PATH: temporaryDirectory(), NOTIFY_SOCKET: nowhere }, logger);
  manager?.told(listening);
  manager?.told({ kind: 'stream-ended', at, reason: 'closed', message: null });
  await manager?.close();
  expect(written).toHaveLength(1);
  expect(written[0]).toContain('systemd cannot be told how it goes: cannot run systemd-notify');
});
