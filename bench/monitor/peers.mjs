// Rule engines of others, fetched into .cache by the benchmark: they are no part of the product.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodePath, root, withLock } from '../../scripts/toolchain.mjs';

const npm = join(root, '.cache', 'bench-npm');
const jars = join(root, '.cache', 'bench-java');

/** The directory whose node_modules has what bench/package.json asks for, or why there is none. */
export function ensureNpm() {
  const wanted = join(root, 'bench', 'package.json');
  return once(npm, wanted, () => {
    copyFileSync(wanted, join(npm, 'package.json'));
    const options = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    return run('npm', options, { cwd: npm });
  });
}

/** The directory with the jars of bench/peers/pom.xml, or why there is none. */
export function ensureJars() {
  if (spawnSync('java', ['-version']).status !== 0) return { why: 'there is no Java on this machine' };
  const pom = join(root, 'bench', 'peers', 'pom.xml');
  return once(jars, pom, () =>
    run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`], { cwd: jars }),
  );
}

/** Events a second of aws/event-ruler, parsing of each event's JSON counted, as its interface wants it. */
export function measureEventRuler(directory, { rulesFile, eventsFile, seconds }) {
  const source = join(root, 'bench', 'peers', 'EventRulerMatch.java');
  const args = ['-Xmx1g', '-cp', join(directory, '*'), source, rulesFile, eventsFile, String(seconds)];
  const done = spawnSync('java', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (done.status !== 0) throw new Error(`bench/peers/EventRulerMatch.java ended with exit code ${done.status}`);
  return JSON.parse(done.stdout);
}

/** Made once, and again when `wanted` changes. */
function once(directory, wanted, make) {
  const stampFile = join(directory, 'qwarden-stamp');
  const stamp = createHash('sha256').update(readFileSync(wanted)).digest('hex');
  const isReady = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isReady()) return { directory };
  let why;
  withLock(() => {
    if (isReady()) return;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    why = make();
    if (why === undefined) writeFileSync(stampFile, stamp);
  });
  return why === undefined ? { directory } : { why };
}

/** Undefined, or why it did not work. */
function run(command, args, options) {
  const path = `${join(nodePath(), '..')}:${process.env.PATH}`;
  const done = spawnSync(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, PATH: path }, ...options });
  if (done.error !== undefined) return `${command} cannot be run (${done.error.code})`;
  return done.status === 0 ? undefined : `${command} could not fetch it`;
}
