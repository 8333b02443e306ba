// The Python environment of the tests: the official SDK, qq and pytest in .cache/conformance-venv.
// Plain JavaScript for any Node from 18 up.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, withLock } from './toolchain.mjs';

const OLDEST_PYTHON = [3, 9];
const requirements = join(root, 'conformance', 'requirements.txt');
const venv = join(root, '.cache', 'conformance-venv');
export const python = join(venv, 'bin', 'python');

/** What the person has to install or set; exit code 2. */
export class MissingError extends Error {}

export function say(text) {
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

/** Where it is not there yet: a venv with exactly conformance/requirements.txt in it; made again when that file or the Python changes. */
export function ensureVenv() {
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
