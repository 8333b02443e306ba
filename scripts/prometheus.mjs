// `node scripts/prometheus.mjs`: prints the paths of promtool and prometheus for the tests of deploy/, a line each. Finds them, or installs them
// where that is possible without asking anybody (as root on Debian or Ubuntu), or says what to install. Everything but the paths goes to stderr.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = ['promtool', 'prometheus'];
const MORE_DIRECTORIES = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];

function say(text) {
  process.stderr.write(`qwarden setup: ${text}\n`);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function find(name) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...MORE_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function apt(...args) {
  const done = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
    // RUNLEVEL: a package that is installed for tests must not start its service.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: ['ignore', 2, 2],
  });
  return done.status === 0;
}

function install() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return;
  say(
    'the alert rules are tried with a real Prometheus, and there is none: installing the package prometheus with apt-get (96 MB; its service is not started).',
  );
  const packages = ['install', '-y', '--no-install-recommends', 'prometheus'];
  if (!apt(...packages) && apt('update')) apt(...packages);
}

/** `{ promtool, prometheus }`, each a path; undefined when one cannot be had here. */
export function findPrometheus() {
  if (NAMES.some((name) => find(name) === undefined)) install();
  const found = Object.fromEntries(NAMES.map((name) => [name, find(name)]));
  return NAMES.every((name) => found[name] !== undefined) ? found : undefined;
}

export const HOW_TO_INSTALL =
  'no prometheus and promtool were found. Install them (Debian, Ubuntu: apt-get install prometheus; Fedora: dnf install golang-github-prometheus; macOS: brew install prometheus).';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = findPrometheus();
  if (found === undefined) {
    say(HOW_TO_INSTALL);
    process.exitCode = 1;
  } else {
    for (const name of NAMES) console.log(found[name]);
  }
}
