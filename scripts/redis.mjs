// `node scripts/redis.mjs`: prints the path of a redis-server (or valkey-server) for the tests. Finds it, or installs it where that is possible
// without asking anybody (as root on Debian or Ubuntu), or says what to install. Everything but the path goes to stderr.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['redis-server', 'valkey-server'];
// Some systems keep servers out of a user's PATH.
const MORE_DIRECTORIES = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

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

function find() {
  if (process.env.REDIS_SERVER) return isExecutable(process.env.REDIS_SERVER) ? process.env.REDIS_SERVER : undefined;
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...MORE_DIRECTORIES];
  return directories.flatMap((directory) => NAMES.map((name) => join(directory, name))).find(isExecutable);
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
    'the tests of the publish action talk to a real Redis, and there is none: installing the package redis-server with apt-get.',
  );
  const packages = ['install', '-y', '--no-install-recommends', 'redis-server'];
  if (!apt(...packages) && apt('update')) apt(...packages);
}

let path = find();
if (path === undefined && !process.env.REDIS_SERVER) {
  install();
  path = find();
}
if (path === undefined) {
  say(
    process.env.REDIS_SERVER
      ? `REDIS_SERVER names ${process.env.REDIS_SERVER}, which is no program.`
      : 'no redis-server was found. Install it (Debian, Ubuntu: apt-get install redis-server; Fedora: dnf install valkey; macOS: brew install redis), or name one in REDIS_SERVER.',
  );
  process.exitCode = 1;
} else {
  console.log(path);
}
