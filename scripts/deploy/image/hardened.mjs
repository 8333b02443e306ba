// The hardened container that the tests of the image look at, and what is asked of it.
import { inspect, logsOf, podman } from '../containers.mjs';
import { environmentArguments, PASSWORD } from '../emulator-container.mjs';
import { eventually, expect, expectEqual } from '../expect.mjs';

export const NETWORK = 'qwarden';

/** As deploy/compose and docs/how-to/docker.md have it. No /tmp either. */
export const HARDENED = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
  '--pids-limit=100',
  '--memory=256m',
];
const POLICY = {
  QWARDEN_DIRECTORY_PATH: '/records',
  QWARDEN_RECURSIVE: 'true',
  QWARDEN_RETENTION: '1d',
  QWARDEN_INTERVAL: '0',
};
/** Starts a hardened container on the emulator. */
export function start(
  image,
  emulator,
  {
    name = 'qwarden',
    command = ['filelock'],
    environment = {},
    args = [],
    hardened = HARDENED,
    network = NETWORK,
  } = {},
) {
  const all = { ...emulator.environment, ...POLICY, ...environment };
  podman([
    'run',
    '--detach',
    '--name',
    name,
    '--network',
    network,
    ...hardened,
    ...environmentArguments(all),
    ...args,
    image,
    ...command,
  ]);
  return name;
}

export const describe = (name) => () => `--- log of ${name}\n${logsOf(name).slice(-3000)}`;
export const listens = (name, times = 1) =>
  eventually(`${name} listens`, () => logsOf(name).split('Listening for change').length > times, {
    describe: describe(name),
  });

/** Runs a container to its end; resolves with its exit code and what it said. */
export async function ends(image, emulator, options) {
  const name = start(image, emulator, { name: 'bad', ...options });
  try {
    await eventually('it ends', () => !inspect(name).State.Running, { describe: describe(name) });
    return { code: inspect(name).State.ExitCode, said: logsOf(name) };
  } finally {
    podman(['rm', '--force', '--time', '0', '--volumes', name]);
  }
}

export function expectEnd({ code, said }, expected, ...patterns) {
  expectEqual(code, expected, `exit code of a container that said:\n${said}\n`);
  for (const pattern of patterns) expect(pattern.test(said), `nothing of ${pattern} in:\n${said}`);
  expect(!/^ {4}at /m.test(said), `a stack trace:\n${said}`);
  expect(!said.includes(PASSWORD), 'the password was said');
}
