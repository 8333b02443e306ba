// What a clone needs before anything of it can run: Node 24, the packages, the build.
// Plain JavaScript for any Node from 18 up. Every message goes to stderr; stdout belongs to the caller.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = 24;
const toolchainDir = join(root, 'tools', 'node');
const toolchainNode = join(toolchainDir, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const cache = join(root, 'node_modules', '.cache', 'qwarden');
const cliEntry = join(root, 'packages', 'cli', 'dist', 'main.js');

export class SetupError extends Error {}

export function say(text) {
  process.stderr.write(`qwarden setup: ${text}\n`);
}

const isRecent = (version) => Number(version.split('.')[0]) >= OLDEST_NODE;

/** The Node 24+ to run with: this one if it is recent enough, else the one in `tools/node`. */
export function nodePath() {
  return isRecent(process.versions.node) ? process.execPath : toolchainNode;
}

/** The environment for tools: Node 24 and the workspace's programs first on PATH. */
export function toolEnvironment() {
  const dirs = [join(root, 'node_modules', '.bin')];
  if (!isRecent(process.versions.node)) dirs.unshift(join(toolchainDir, 'node_modules', '.bin'));
  return { ...process.env, PATH: [...dirs, process.env.PATH].join(delimiter) };
}

function run(command, args, options = {}) {
  // stdout of the tools goes to our stderr: `npm start` and `./qwarden` keep stdout for the CLI.
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    ...options,
  });
  if (done.error) throw new SetupError(`could not run ${command}: ${done.error.message}`);
  if (done.status !== 0)
    throw new SetupError(`"${command} ${args.join(' ')}" failed (exit code ${done.status ?? done.signal}).`);
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(path).update(existsSync(path) ? readFileSync(path) : '');
  return hash.digest('hex');
}

function readStamp(name) {
  const file = join(cache, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function writeStamp(name, value) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, name), value);
}

function ensureNode() {
  if (isRecent(process.versions.node)) return;
  installNode(`Node ${OLDEST_NODE} or newer is needed and this is ${process.version}`);
}

function installNode(why) {
  if (existsSync(toolchainNode)) return;
  say(`${why}: installing one into tools/node (once, about 190 MB).`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: toolchainDir });
  if (!existsSync(toolchainNode))
    throw new SetupError(
      `there is no packaged Node ${OLDEST_NODE} for ${process.platform}/${process.arch}. Install Node ${OLDEST_NODE} or newer (https://nodejs.org/), then run this again.`,
    );
}

function packagesStamp() {
  const manifests = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'package.json'));
  return hashOf([join(root, 'package-lock.json'), join(root, 'package.json'), ...manifests]);
}

function ensurePackages() {
  const stamp = packagesStamp();
  if (readStamp('packages') === stamp && existsSync(join(root, 'node_modules', '.package-lock.json'))) return;
  say('installing the packages of package-lock.json into node_modules.');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env: toolEnvironment() });
  writeStamp('packages', stamp);
}

function newestSource(dir) {
  let newest = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestSource(path) : statSync(path).mtimeMs);
  }
  return newest;
}

/** Changes whenever a source file, a manifest or the compiler's settings change. */
function sourceStamp() {
  const names = readdirSync(join(root, 'packages'));
  const times = names.map((name) => newestSource(join(root, 'packages', name, 'src')));
  return `${packagesStamp()} ${Math.max(...times)} ${statSync(join(root, 'tsconfig.base.json')).mtimeMs}`;
}

export function ensureBuilt() {
  const stamp = sourceStamp();
  if (readStamp('build') === stamp && existsSync(cliEntry)) return;
  say('building.');
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  run(tsc, ['-b', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)], {
    env: toolEnvironment(),
  });
  writeStamp('build', stamp);
}

/**
 * One at a time: two first starts of the same clone must not install over each other.
 * @param name of what is set up: what takes long and stands apart keeps nobody else waiting
 */
export function withLock(work, name = 'setup') {
  const lock = join(root, '.cache', `${name}.lock`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  const deadline = Date.now() + 10 * 60_000;
  let told = false;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      break;
    } catch (error) {
      if (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM')
        throw new SetupError(
          `this clone has to be set up first, and you may not write to it: run "npm run setup" in ${root} as its owner.`,
        );
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned(lock)) {
        rmSync(lock, { recursive: true, force: true });
        continue;
      }
      if (!told) say('another process is setting up this clone; waiting for it.');
      told = true;
      if (Date.now() > deadline)
        throw new SetupError(`another setup holds ${lock}. If none is running, remove that directory.`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned(lock) {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    if (error.code === 'ESRCH') return true;
    if (error.code !== 'ENOENT') return false;
    try {
      return Date.now() - statSync(lock).mtimeMs > 5_000; // made, but its owner died before it wrote its id
    } catch {
      return false; // released in this moment
    }
  }
}

/** Everything that is missing is installed and built; a clone that is ready costs a few milliseconds. */
export function ensureReady() {
  const ready =
    existsSync(nodePath()) &&
    readStamp('packages') === packagesStamp() &&
    readStamp('build') === sourceStamp() &&
    existsSync(cliEntry);
  if (ready) return;
  withLock(() => {
    ensureNode();
    ensurePackages();
    ensureBuilt();
  });
}

/** The package with exactly the Node of tools/node/package-lock.json for this machine: its directory. That Node is what we ship. */
export function pinnedNode() {
  withLock(() => installNode('the Node that is shipped is not there'));
  const os = process.platform === 'win32' ? 'win' : process.platform;
  return join(toolchainDir, 'node_modules', `node-${os}-${process.arch}`);
}

/** Node and the packages, without the build: what lint, generators and the build itself need. */
export function ensureInstalled() {
  if (existsSync(nodePath()) && readStamp('packages') === packagesStamp()) return;
  withLock(() => {
    ensureNode();
    ensurePackages();
  });
}

export { cliEntry };
