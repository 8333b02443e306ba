// `npm run conformance`: the official Python SDK, qq and wire cases against the emulator, or against a real cluster.
//   npm run conformance                       everything; writes docs/conformance.md
//   npm run conformance -- -k notify          options go to pytest; docs/conformance.md is left as it is
//   QWARDEN_CONFORMANCE_HOST=… [_PORT _USERNAME _PASSWORD | _TOKEN] QWARDEN_CONFORMANCE_DIRECTORY=/scratch npm run conformance
// Plain JavaScript for any Node from 18 up. Counts for `npm test` go to .cache/conformance.json.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureReady, root, SetupError, withLock } from './toolchain.mjs';

const OLDEST_PYTHON = [3, 9];
const MOST_WORKERS = 3;
const EMULATOR_START_MS = 60_000;
/** Options that choose how much is said, and not which tests run. */
const SAYS_HOW = /^(-[qv]+|-r\w+|--tb=\w+|--durations=\d+)$/;
const home = join(root, 'conformance');
const requirements = join(home, 'requirements.txt');
const venv = join(root, '.cache', 'conformance-venv');
const python = join(venv, 'bin', 'python');
const emulatorCommand = [process.execPath, join(root, 'qwarden'), 'emulator', '--port', '0', '--json'];
const report = join(root, '.cache', 'conformance.json');

/** What the person has to install or set; exit code 2. */
class MissingError extends Error {}

function say(text) {
  process.stderr.write(`qwarden conformance: ${text}\n`);
}

function systemPython() {
  const found = spawnSync(
    'python3',
    ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3]); import venv, ensurepip'],
    { encoding: 'utf8' },
  );
  const wanted = OLDEST_PYTHON.join('.');
  if (found.error)
    throw new MissingError(
      `the official Qumulo SDK is Python, and there is no python3 on PATH. Install Python ${wanted} or newer (Debian, Ubuntu: "apt install python3 python3-venv"; macOS: "brew install python").`,
    );
  const version = found.stdout.trim();
  const [major, minor] = version.split('.').map(Number);
  if (!(major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1])))
    throw new MissingError(`python3 is ${version || 'of unknown version'}, and ${wanted} or newer is needed.`);
  if (found.status !== 0)
    throw new MissingError(
      `python3 (${version}) cannot make virtual environments: its module venv or ensurepip is missing. Install it (Debian, Ubuntu: "apt install python3-venv").`,
    );
  return version;
}

/** A venv with exactly conformance/requirements.txt in it; made again when that file or the Python changes. */
function ensureVenv() {
  const version = systemPython();
  const stamp = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex');
  const stampFile = join(venv, 'qwarden-stamp');
  const isReady = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(python);
  if (isReady()) return;
  withLock(() => {
    if (isReady()) return; // another process made it while this one waited
    say(`making a Python environment in .cache/conformance-venv with the official SDK and pytest (once, about 40 MB).`);
    rmSync(venv, { recursive: true, force: true });
    const made = spawnSync('python3', ['-m', 'venv', venv], { stdio: ['ignore', 2, 2] });
    if (made.status !== 0) throw new MissingError('"python3 -m venv" failed; its own words are above.');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements];
    if (spawnSync(python, pip, { stdio: ['ignore', 2, 2] }).status !== 0)
      throw new MissingError(
        'pip could not install conformance/requirements.txt; its own words are above. It needs a package index (PIP_INDEX_URL) or a folder of wheels (PIP_FIND_LINKS).',
      );
    writeFileSync(stampFile, stamp);
  });
}

/** One `./qwarden emulator`: its coordinates, and how to end it. */
function startEmulator() {
  // As root the SDK takes privileged source ports towards 127.0.0.1 (api/FACTS.md 11); only Linux has the rest of 127/8.
  const host = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
  const [command, ...flags] = [...emulatorCommand, '--host', host];
  const child = spawn(command, flags, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: withoutSettings(process.env),
  });
  const stop = () =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', resolve);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
    });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the emulator did not say within ${EMULATOR_START_MS / 1000} s where it listens.`));
    }, EMULATOR_START_MS);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the emulator ended (${signal ?? `exit code ${code}`}) before it listened.`));
    });
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      try {
        resolve({ coordinates: JSON.parse(line), stop });
      } catch {
        child.kill('SIGTERM');
        reject(new Error(`the emulator's first line is not JSON: ${line}`));
      }
    });
  });
}

/** What a person has set for other clusters must not reach the emulator. */
function withoutSettings(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('QWARDEN_')));
}

function runPytest(args, environment) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-m', 'pytest', '-c', join(home, 'pytest.ini'), '--rootdir', home, ...args], {
      cwd: home,
      stdio: ['inherit', 'inherit', 'inherit'],
      env: {
        ...process.env,
        PYTHONPATH: home,
        PYTHONUNBUFFERED: '1',
        QWARDEN_CONFORMANCE_REPORT: report,
        ...environment,
      },
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main() {
  const args = process.argv.slice(2);
  const full = args.every((arg) => SAYS_HOW.test(arg));
  rmSync(report, { force: true });
  ensureVenv();
  if (process.env.QWARDEN_CONFORMANCE_HOST) {
    say(`testing the cluster ${process.env.QWARDEN_CONFORMANCE_HOST}.`);
    return runPytest(['-n', '0', ...args], { QWARDEN_CONFORMANCE_FULL: full ? '1' : '0' });
  }
  ensureReady();
  // Each worker has an emulator of its own, so that a test may change cluster-wide settings.
  const cores = os.availableParallelism?.() ?? os.cpus().length;
  const workers = full ? Math.min(MOST_WORKERS, Math.max(1, cores)) : 0;
  const started = await Promise.allSettled(Array.from({ length: Math.max(1, workers) }, startEmulator));
  const emulators = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    const failed = started.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return await runPytest(['-n', String(workers), ...args], {
      QWARDEN_CONFORMANCE_EMULATORS: JSON.stringify(emulators.map((one) => one.coordinates)),
      QWARDEN_CONFORMANCE_COMMAND: JSON.stringify([...emulatorCommand, '--host', '127.0.0.1']),
      QWARDEN_CONFORMANCE_FULL: full ? '1' : '0',
    });
  } finally {
    await Promise.all(emulators.map((one) => one.stop()));
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error.message);
  process.exitCode = error instanceof MissingError ? 2 : 1;
  if (!(error instanceof MissingError) && !(error instanceof SetupError)) say(error.stack);
}
