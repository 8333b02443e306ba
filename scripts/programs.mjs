// Programs of the machine that tests use: where they are, and how they come there without asking anybody (as root on Debian or Ubuntu).
// Plain JavaScript for any Node from 18 up.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Some systems keep servers out of a user's PATH.
const MORE_DIRECTORIES = [
  '/usr/local/bin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/opt/homebrew/bin',
  '/usr/lib/podman',
];

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of the first of these names that is there; undefined: none is. */
export function findProgram(...names) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...MORE_DIRECTORIES];
  return directories.flatMap((directory) => names.map((name) => join(directory, name))).find(isExecutable);
}

export function canInstall() {
  return process.getuid?.() === 0 && findProgram('apt-get') !== undefined;
}

/** Installs Debian's packages; whether that has worked is seen by what is there then. What apt says goes to stderr. */
export function installPackages(...packages) {
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (!apt(...install) && apt('update')) apt(...install);
}

function apt(...args) {
  const done = spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    // RUNLEVEL: a package that is installed for tests must not start its service.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: ['ignore', 2, 2],
  });
  return done.status === 0;
}
