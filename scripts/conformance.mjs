// `npm run conformance`: the official Python SDK, qq and wire cases against the emulator, or against a real cluster.
//   npm run conformance                       everything; writes docs/conformance.md
//   npm run conformance -- -k notify          options go to pytest; docs/conformance.md is left as it is
//   QWARDEN_CONFORMANCE_HOST=… [_PORT _USERNAME _PASSWORD | _TOKEN] QWARDEN_CONFORMANCE_DIRECTORY=/scratch npm run conformance
// Plain JavaScript for any Node from 18 up. Counts for `npm test` go to .cache/conformance.json.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureVenv, MissingError, python, say } from './python.mjs';
import { ensureReady, root, SetupError } from './toolchain.mjs';

const MOST_WORKERS = 3;
const EMULATOR_START_MS = 60_000;
/** Options that choose how much is said, and not which tests run. */
const SAYS_HOW = /^(-[qv]+|-r\w+|--tb=\w+|--durations=\d+)$/;
const home = join(root, 'conformance');
const emulatorCommand = [process.execPath, join(root, 'qwarden'), 'emulator', '--port', '0', '--json'];
const report = join(root, '.cache', 'conformance.json');

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
