// What happens to a container: work, kill -9, a cluster that refuses it, freezing, an end at any time.
import { inspect, logsOf, podman } from '../containers.mjs';
import { startEmulator } from '../emulator-container.mjs';
import { eventually, expect, expectEqual } from '../expect.mjs';
import { describe, listens, NETWORK, start } from './hardened.mjs';

/** The default of docker and podman before SIGKILL. */
const STOP_SECONDS = 10;
const state = ['--volume', 'qwarden-state:/var/lib/qwarden'];
const isHealthy = (name) => podman(['healthcheck', 'run', name], { may: true }).status === 0;

function allLocked(emulator, files, name) {
  const seen = () => emulator.count('/records');
  return eventually(
    `${files} files locked`,
    () => {
      const { files: there, locked } = seen();
      expectEqual(there, files, 'files there');
      return locked === files;
    },
    { describe: () => `${JSON.stringify(seen())}\n${describe(name)()}` },
  );
}

export async function lifeOf(image, test) {
  const emulator = await startEmulator(image, NETWORK);
  emulator.makeDirectory('/records');
  let name;
  const up =
    await test('a container with everything taken away locks what comes, on a cluster in another container', async () => {
      name = start(image, emulator, { args: state });
      await listens(name);
      emulator.makeFiles('/records', 20, { prefix: 'first-' });
      await allLocked(emulator, 20, name);
      const status = podman(['exec', name, 'cat', '/proc/1/status']).stdout;
      for (const line of [/^Uid:\t65532\t65532/m, /^CapEff:\t0+$/m, /^CapBnd:\t0+$/m, /^NoNewPrivs:\t1$/m])
        expect(line.test(status), `process 1 is not as it should be (${line}):\n${status}`);
      expect(
        podman(['exec', name, 'sh', '-c', 'echo x > /etc/x'], { may: true }).stderr.includes('Read-only'),
        '/etc can be written',
      );
      expect(podman(['exec', name, 'cat', '/proc/1/comm']).stdout.trim() !== 'sh', 'process 1 is a shell');
    });
  if (!up) return;
  await test('it says healthy', () => eventually('healthy', () => isHealthy(name), { describe: describe(name) }));

  await test('killed in the middle of work and started again it loses nothing', async () => {
    emulator.makeFiles('/records', 300, { prefix: 'before-' });
    podman(['kill', '--signal', 'KILL', name]);
    expectEqual(inspect(name).State.Running, false, 'it runs');
    const { locked } = emulator.count('/records');
    expect(locked < 320, 'all was done before it was killed: nothing was tried');
    emulator.makeFiles('/records', 50, { prefix: 'meanwhile-' });
    podman(['start', name]);
    await listens(name, 2);
    emulator.makeFiles('/records', 10, { prefix: 'after-' });
    await allLocked(emulator, 380, name);
  });

  await test('it is unhealthy while the cluster refuses it, and healthy again afterwards', async () => {
    await eventually('healthy', () => isHealthy(name), { describe: describe(name) });
    emulator.control('POST', 'faults', {
      operation: 'POST /v1/session/login',
      fail: { status: 401, errorClass: 'http_unauthorized_error' },
    });
    emulator.control('POST', 'sessions/expire', {});
    emulator.control('POST', 'streams/drop', {});
    await eventually('unhealthy', () => !isHealthy(name), { describe: describe(name) });
    expect(
      /refuses the login/.test(
        podman(['healthcheck', 'run', name], { may: true }).stderr +
          podman(['exec', name, 'qwarden', 'health'], { may: true }).stderr,
      ),
      'it does not say why',
    );
    emulator.control('DELETE', 'faults');
    await eventually('healthy again', () => isHealthy(name), { describe: describe(name) });
  });

  await test('it is unhealthy while it is frozen', async () => {
    const { Pid } = inspect(name).State;
    process.kill(Pid, 'SIGSTOP');
    try {
      expect(!isHealthy(name), 'it says healthy');
    } finally {
      process.kill(Pid, 'SIGCONT');
    }
    await eventually('healthy again', () => isHealthy(name), { describe: describe(name) });
  });

  await test(`told to stop in the middle of work it ends by itself within ${STOP_SECONDS} s, exit code 0, and goes on later`, async () => {
    emulator.makeFiles('/records', 200, { prefix: 'stop-' });
    const began = performance.now();
    podman(['stop', '--time', String(STOP_SECONDS), name]);
    const took = (performance.now() - began) / 1000;
    const { ExitCode } = inspect(name).State;
    expect(
      took < STOP_SECONDS && ExitCode === 0,
      `after ${took.toFixed(1)} s, exit code ${ExitCode}\n${describe(name)()}`,
    );
    expect(/SIGTERM: stopping/.test(logsOf(name)), describe(name)());
    podman(['start', name]);
    await allLocked(emulator, 580, name);
    podman(['rm', '--force', '--time', '5', name]);
  });

  await test('told to stop while it still waits for the cluster it ends at once', async () => {
    emulator.control('POST', 'accepting/pause', { mode: 'hang', forMs: 60_000 });
    start(image, emulator, { name: 'early' });
    await eventually(
      'it runs',
      () => podman(['exec', 'early', 'cat', '/proc/1/comm'], { may: true }).stdout.trim() !== 'sh',
    );
    await eventually('it has loaded', () => /Metrics and health/.test(logsOf('early')), {
      describe: describe('early'),
    });
    const began = performance.now();
    podman(['stop', '--time', '10', 'early']);
    const took = (performance.now() - began) / 1000;
    const { ExitCode } = inspect('early').State;
    expect(took < 5 && ExitCode === 143, `after ${took.toFixed(1)} s, exit code ${ExitCode}\n${describe('early')()}`);
    podman(['rm', '--force', '--time', '0', '--volumes', 'early']);
  });
  podman(['rm', '--force', '--time', '0', '--volumes', emulator.name]);
}
