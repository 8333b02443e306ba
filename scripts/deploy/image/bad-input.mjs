// What people do wrong, and what machines lack: each is said, with the right exit code, and nothing is lost.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inNetwork, inspect, logsOf, podman } from '../containers.mjs';
import { PASSWORD, startEmulator } from '../emulator-container.mjs';
import { eventually, expect } from '../expect.mjs';
import { home, run } from '../tools.mjs';
import { describe, ends, expectEnd, HARDENED, listens, NETWORK, start } from './hardened.mjs';

export async function badInput(image, test) {
  const emulator = await startEmulator(image, NETWORK);
  emulator.makeDirectory('/records');
  const directory = join(home, 'bad-input');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });

  await test('a port that is in use: said, exit code 1', async () => {
    start(image, emulator, { name: 'first' });
    await listens('first');
    expectEnd(
      await ends(image, emulator, { network: 'container:first' }),
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
    const args = ['--volume', `${file}:/run/password:ro`];
    expectEnd(await ends(image, emulator, { args, environment }), 2, /cannot read \/run\/password \(EACCES\)/);
  });
  await test('too little memory: said beforehand, and what was not done is done by the next one', async () => {
    const small = HARDENED.map((word) => (word === '--memory=256m' ? '--memory=64m' : word));
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
    const warning = /This process may use 64 MiB of memory/;
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
  const within = (program, ...words) => run(...inNetwork(program, words), { may: program === 'dd' });
  within('mount', '-t', 'tmpfs', '-o', 'size=16m,uid=65532,gid=65532,mode=0700', 'tmpfs', place);
  try {
    const args = ['--volume', `${place}:/var/lib/qwarden`];
    const environment = { QWARDEN_DIRECTORY_PATH: '/full' };
    start(image, emulator, { name: 'full', args, environment });
    await listens('full');
    emulator.makeFiles('/full', 10, { prefix: 'before-' });
    await eventually('10 locked', () => emulator.count('/full').locked === 10, { describe: describe('full') });
    const filler = join(place, 'filler');
    within('dd', 'if=/dev/zero', `of=${filler}`, 'bs=4096');
    emulator.makeFiles('/full', 300, { prefix: 'full-' });
    await eventually('it ends', () => !inspect('full').State.Running, { describe: describe('full') });
    expectEnd({ code: inspect('full').State.ExitCode, said: logsOf('full') }, 1, /full|no space/i);
    const { locked } = emulator.count('/full');
    expect(locked < 310, 'everything was locked: it was never full');
    within('rm', filler);
    podman(['start', 'full']);
    await eventually('310 locked', () => emulator.count('/full').locked === 310, { describe: describe('full') });
  } finally {
    podman(['rm', '--force', '--time', '5', '--volumes', 'full'], { may: true });
    within('umount', place);
  }
}
