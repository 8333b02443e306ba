// The image: lint, build, contents, and a hardened container that locks files of an emulated cluster in another one, through everything that happens
// to containers. What was locked is asked of the emulator, never of qwarden.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildah, ensureContainers, inspect, logsOf, podman, withNetwork } from './containers.mjs';
import { environmentArguments, PASSWORD, startEmulator } from './emulator-container.mjs';
import { eventually, expect, expectEqual } from './expect.mjs';
import { buildImage, dockerfile, qwardenImage } from './qwarden-image.mjs';
import { ensurePythonTools, home, lacking, run as runProgram } from './tools.mjs';

export const title = 'the image: built, run with everything taken away, killed, stopped, watched';

export function missing() {
  return lacking(ensureContainers, ensurePythonTools);
}

/** As deploy/compose and docs/how-to/docker.md have it. No /tmp either. */
const HARDENED = [
  ...['--read-only', '--read-only-tmpfs=false', '--cap-drop', 'all', '--security-opt', 'no-new-privileges'],
  ...['--memory', '256m', '--pids-limit', '100'],
];
const NETWORK = 'qwarden';
const MOST_BYTES = 350_000_000;
/** The default of docker and podman before SIGKILL. */
const STOP_SECONDS = 10;

const POLICY = {
  QWARDEN_DIRECTORY_PATH: '/records',
  QWARDEN_RECURSIVE: 'true',
  QWARDEN_RETENTION: '1d',
  QWARDEN_INTERVAL: '0',
};

export async function run(test) {
  const { hadolint } = ensurePythonTools();
  await test('hadolint finds nothing in the Dockerfile, and finds what is wrong in another', () => {
    const clean = runProgram(hadolint, [dockerfile], { may: true });
    expect(clean.status === 0, clean.stdout);
    const planted = join(home, 'Dockerfile.planted');
    writeFileSync(planted, 'FROM node:latest\nRUN apt-get install curl\nCMD node\n');
    expect(runProgram(hadolint, [planted], { may: true }).status === 1, 'the planted mistakes were not found');
    rmSync(planted);
  });
  let image;
  if (!(await test('it builds from a clean tree', () => (image = qwardenImage())))) return;
  await test('a second build from nothing has the same content, bit for bit', () => sameTwice(image));
  await test(`it is under ${MOST_BYTES / 1e6} MB, says what it is, and has no build tools`, () => contents(image));
  await withNetwork(async () => {
    podman(['network', 'create', NETWORK]);
    await lifeOf(image, test);
    await badInput(image, test);
  });
}

function sameTwice(image) {
  const again = buildImage('localhost/qwarden:again');
  try {
    expectEqual(inspect(again).RootFS.Layers, inspect(image).RootFS.Layers, 'the layers');
    expectEqual(inspect(again).Id, inspect(image).Id, 'the id of the image');
  } finally {
    buildah(['rmi', again], { may: true });
  }
}

function contents(image) {
  const { Size, Config, User } = inspect(image);
  expect(Size < MOST_BYTES, `it has ${Size} bytes`);
  expectEqual(User, '65532:65532', 'its user');
  expectEqual(Config.Entrypoint, ['qwarden'], 'its entry point');
  for (const label of ['title', 'version', 'licenses', 'source'])
    expect(Config.Labels[`org.opencontainers.image.${label}`], `it has no label ${label}`);
  const within = (...command) =>
    podman(['run', '--rm', '--network', 'none', '--entrypoint', '', image, ...command], { may: true });
  for (const program of ['npm', 'npx', 'corepack', 'cc', 'gcc', 'g++', 'make', 'python3', 'tsc', 'git', 'curl'])
    expect(within('sh', '-c', `command -v ${program}`).status !== 0, `it has ${program}`);
  expectEqual(
    within('find', '/', '-xdev', '-type', 'f', '-perm', '/6000').stdout,
    '',
    'programs that run as another user',
  );
  const writable = within(
    'sh',
    '-c',
    'find / -xdev -path /proc -prune -o -writable -not -type l -print 2>/dev/null',
  ).stdout;
  expectEqual(
    writable
      .trim()
      .split('\n')
      .filter((path) => !/^\/(dev|tmp|var\/tmp|var\/lib\/qwarden|run\/lock)(\/|$)/.test(path)),
    [],
    'what its user can change',
  );
  const version = within('qwarden', 'version').stdout.trim();
  expectEqual(version, Config.Labels['org.opencontainers.image.version'], 'its version');
}

/** Starts a hardened container on the emulator. */
function start(
  image,
  emulator,
  { name = 'qwarden', command = ['filelock'], environment = {}, args = [], hardened = HARDENED } = {},
) {
  const all = { ...emulator.environment, ...POLICY, ...environment };
  podman([
    'run',
    '--detach',
    '--name',
    name,
    '--network',
    NETWORK,
    ...hardened,
    ...environmentArguments(all),
    ...args,
    image,
    ...command,
  ]);
  return name;
}

const state = ['--volume', 'qwarden-state:/var/lib/qwarden'];
const describe = (name) => () => `--- log of ${name}\n${logsOf(name).slice(-3000)}`;
const listens = (name, times = 1) =>
  eventually(`${name} listens`, () => logsOf(name).split('Listening for change').length > times, {
    describe: describe(name),
  });
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

async function lifeOf(image, test) {
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
  await test('it says healthy', () =>
    eventually('healthy', () => isHealthy(name), { describe: describe(name), withinMs: 20_000 }));

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
    await eventually('unhealthy', () => !isHealthy(name), { describe: describe(name), withinMs: 30_000 });
    expect(
      /refuses the login/.test(
        podman(['healthcheck', 'run', name], { may: true }).stderr +
          podman(['exec', name, 'qwarden', 'health'], { may: true }).stderr,
      ),
      'it does not say why',
    );
    emulator.control('DELETE', 'faults');
    await eventually('healthy again', () => isHealthy(name), { describe: describe(name), withinMs: 90_000 });
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
    emulator.control('POST', 'accepting/pause', { mode: 'hang' });
    start(image, emulator, { name: 'early', args: ['--tmpfs', '/var/lib/qwarden:mode=1777'] });
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
    emulator.control('POST', 'accepting/resume', {});
    podman(['rm', '--force', '--time', '0', '--volumes', 'early']);
  });
  podman(['rm', '--force', '--time', '0', '--volumes', emulator.name]);
}

/** Runs a container to its end; resolves with its exit code and what it said. */
async function ends(image, emulator, options) {
  const name = start(image, emulator, { name: 'bad', ...options });
  try {
    await eventually('it ends', () => !inspect(name).State.Running, { describe: describe(name), withinMs: 40_000 });
    return { code: inspect(name).State.ExitCode, said: logsOf(name) };
  } finally {
    podman(['rm', '--force', '--time', '0', '--volumes', name]);
  }
}

function expectEnd({ code, said }, expected, ...patterns) {
  expectEqual(code, expected, `exit code of a container that said:\n${said}\n`);
  for (const pattern of patterns) expect(pattern.test(said), `nothing of ${pattern} in:\n${said}`);
  expect(!/^ {4}at /m.test(said), `a stack trace:\n${said}`);
  expect(!said.includes(PASSWORD), 'the password was said');
}

async function badInput(image, test) {
  const emulator = await startEmulator(image, NETWORK);
  emulator.makeDirectory('/records');
  const inMemory = ['--tmpfs', '/var/lib/qwarden:mode=1777'];
  const directory = join(home, 'bad-input');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });

  await test('a port that is in use: said, exit code 1', async () => {
    start(image, emulator, { name: 'first', args: inMemory });
    await listens('first');
    const args = ['--network', 'container:first', ...inMemory];
    expectEnd(
      await ends(image, emulator, { args }),
      1,
      /127\.0\.0\.1:9464: another program listens there already/,
      /Name another port/,
    );
    podman(['rm', '--force', '--time', '5', '--volumes', 'first']);
  });
  await test('a volume that is read-only: said, exit code 1', async () => {
    const args = ['--volume', 'read-only-state:/var/lib/qwarden:ro'];
    expectEnd(await ends(image, emulator, { args }), 1, /read-only|cannot be written/, /\/var\/lib\/qwarden/);
  });
  await test('a volume that belongs to somebody else: said, exit code 1', async () => {
    const args = ['--volume', `${directory}:/var/lib/qwarden`];
    expectEnd(
      await ends(image, emulator, { args }),
      1,
      /cannot be (made|written)|permission denied/,
      /\/var\/lib\/qwarden/,
      /owner and permissions|may, or change the permissions/,
    );
  });
  await test('a user that the volume does not belong to: said, exit code 1', async () => {
    podman(['volume', 'create', 'of-the-image']);
    podman(['run', '--rm', '--volume', 'of-the-image:/var/lib/qwarden', image, 'version']);
    const args = ['--user', '1234:1234', '--volume', 'of-the-image:/var/lib/qwarden'];
    expectEnd(
      await ends(image, emulator, { args }),
      1,
      /cannot be (made|written)|permission denied/,
      /\/var\/lib\/qwarden/,
      /owner and permissions|may, or change the permissions/,
    );
  });
  await test('a secret that its user may not read: said, exit code 2', async () => {
    const file = join(directory, 'password');
    writeFileSync(file, PASSWORD, { mode: 0o600 });
    const environment = { QWARDEN_PASSWORD: '', QWARDEN_PASSWORD_FILE: '/run/password' };
    const args = ['--volume', `${file}:/run/password:ro`, ...inMemory];
    expectEnd(await ends(image, emulator, { args, environment }), 2, /cannot read \/run\/password \(EACCES\)/);
  });
  await test('too little memory: said beforehand, and what was not done is done by the next one', async () => {
    const small = HARDENED.map((word) => (word === '256m' ? '64m' : word));
    const args = ['--volume', 'small-state:/var/lib/qwarden'];
    emulator.makeDirectory('/small');
    const environment = { QWARDEN_DIRECTORY_PATH: '/small' };
    const again = (options) => {
      podman(['rm', '--force', '--time', '5', 'small'], { may: true });
      start(image, emulator, { name: 'small', args, environment, ...options });
    };
    // From now on what comes is new.
    again();
    await listens('small');
    again({ hardened: small, args: [...args, '--memory-swap', '64m'] });
    const warning = /Only 64 MB of memory may be used here/;
    await eventually('it says so', () => warning.test(logsOf('small')), { describe: describe('small') });
    emulator.makeFiles('/small', 500);
    await eventually(
      'it was killed, or works',
      () => {
        const { Running, ExitCode } = inspect('small').State;
        return Running ? emulator.count('/small').locked === 500 : ExitCode === 137;
      },
      { describe: describe('small') },
    );
    again();
    await eventually('all 500 are locked', () => emulator.count('/small').locked === 500, {
      describe: describe('small'),
    });
    podman(['rm', '--force', '--time', '5', '--volumes', 'small']);
  });
  await test('a volume that is full: said, exit code 1, and nothing is lost when there is room again', () =>
    fullVolume(image, emulator, directory));
  podman(['rm', '--force', '--time', '0', '--volumes', emulator.name]);
  rmSync(directory, { recursive: true, force: true });
}

async function fullVolume(image, emulator, directory) {
  emulator.makeDirectory('/full');
  const place = join(directory, 'full');
  mkdirSync(place);
  runProgram('mount', ['-t', 'tmpfs', '-o', 'size=16m,uid=65532,gid=65532,mode=0700', 'tmpfs', place]);
  try {
    const args = ['--volume', `${place}:/var/lib/qwarden`];
    const environment = { QWARDEN_DIRECTORY_PATH: '/full' };
    start(image, emulator, { name: 'full', args, environment });
    await listens('full');
    emulator.makeFiles('/full', 10, { prefix: 'before-' });
    await eventually('10 locked', () => emulator.count('/full').locked === 10, { describe: describe('full') });
    const filler = join(place, 'filler');
    runProgram('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'], { may: true });
    emulator.makeFiles('/full', 300, { prefix: 'full-' });
    await eventually('it ends', () => !inspect('full').State.Running, { describe: describe('full') });
    expectEnd({ code: inspect('full').State.ExitCode, said: logsOf('full') }, 1, /full|no space/i);
    const { locked } = emulator.count('/full');
    expect(locked < 310, 'everything was locked: it was never full');
    rmSync(filler);
    podman(['start', 'full']);
    await eventually('310 locked', () => emulator.count('/full').locked === 310, { describe: describe('full') });
  } finally {
    podman(['rm', '--force', '--time', '5', '--volumes', 'full'], { may: true });
    runProgram('umount', [place]);
  }
}
