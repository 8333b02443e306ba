// `node scripts/redis.mjs`: prints the path of a redis-server (or valkey-server) for the tests. Finds it, or installs it where that is possible
// without asking anybody (as root on Debian or Ubuntu), or says what to install. Everything but the path goes to stderr.
import { canInstall, findProgram, installPackages, isExecutable } from './programs.mjs';

function say(text) {
  process.stderr.write(`qwarden setup: ${text}\n`);
}

function find() {
  if (process.env.REDIS_SERVER) return isExecutable(process.env.REDIS_SERVER) ? process.env.REDIS_SERVER : undefined;
  return findProgram('redis-server', 'valkey-server');
}

function install() {
  if (!canInstall()) return;
  say('tests talk to a real Redis, and there is none: installing the package redis-server with apt-get.');
  installPackages('redis-server');
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
