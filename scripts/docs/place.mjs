// What a page's names stand for while its commands are tried: the hosts, ports and directories of the text become ones of this run,
// in what is run and, the other way round, in what it prints.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { nodePath, root, toolEnvironment } from '../toolchain.mjs';

const HOSTS = ['cluster.example.com', 'queue.example.com', 'mail.example.com', 'hooks.example.com'];
/** The ports that pages name: the cluster, the emulator, Redis, the listener, the mail server, a receiver of webhooks. */
const PORTS = ['8000', '6379', '9464', '2525', '8080'];
const DIRECTORIES = ['/etc/qwarden', '/var/lib/qwarden', '/var/log/qwarden', '/var/backups/qwarden'];
/** Where the emulator of every page listens, for the name cluster.example.com. */
const CLUSTER_PORT = '8000';

async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return String(port);
}

/** A directory with a `qwarden` in it, an environment without traces of this machine, and the names. `remove()` ends it. */
export async function makePlace() {
  const scratch = mkdtempSync(join(tmpdir(), 'qwarden-docs-'));
  const directory = join(scratch, 'page');
  const programs = join(scratch, 'programs');
  const logs = join(scratch, 'logs');
  for (const path of [directory, programs, logs]) mkdirSync(path);
  symlinkSync(join(root, 'qwarden'), join(directory, 'qwarden'));
  symlinkSync(join(root, 'qwarden'), join(programs, 'qwarden'));
  symlinkSync(nodePath(), join(programs, 'node'));
  const names = [];
  for (const port of PORTS) names.push([new RegExp(`(?<=[: =])${port}\\b`, 'g'), await freePort(), port]);
  for (const path of DIRECTORIES) {
    const here = join(scratch, 'machine', path);
    mkdirSync(here, { recursive: true });
    names.push([new RegExp(`${path}\\b`, 'g'), here, path]);
  }
  const hosts = new RegExp(HOSTS.map((host) => host.replaceAll('.', String.raw`\.`)).join('|'), 'g');
  const portOf = (port) => names.find(([, , shown]) => shown === port)[1];
  const kept = Object.entries(toolEnvironment()).filter(
    ([name]) => !/^(QWARDEN|VITEST|NODE_|XDG_|FORCE_COLOR)/.test(name),
  );
  return {
    scratch,
    directory,
    logs,
    clusterPort: portOf(CLUSTER_PORT),
    environment: {
      ...Object.fromEntries(kept),
      HOME: directory,
      PATH: [programs, toolEnvironment().PATH].join(delimiter),
      LC_ALL: 'C.UTF-8',
      TERM: 'dumb',
      NO_COLOR: '1',
      TZ: 'UTC',
      CLONE: root,
      QWARDEN_EMULATOR_PORT: portOf(CLUSTER_PORT),
    },
    /** What is run for a text of the page. */
    here: (text) =>
      names.reduce((all, [pattern, value]) => all.replaceAll(pattern, value), text.replaceAll(hosts, '127.0.0.1')),
    /** What the page would show for what was printed. */
    shown: (text) => names.reduce((all, [, value, name]) => all.replaceAll(value, name), text),
    remove: () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }),
  };
}
