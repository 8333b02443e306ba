// The Python of the peers, in .cache/bench-venv; made once, and again when bench/requirements.txt changes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, withLock } from '../../scripts/toolchain.mjs';

const requirements = join(root, 'bench', 'requirements.txt');
const venv = join(root, '.cache', 'bench-venv');
const python = join(venv, 'bin', 'python');
const stampFile = join(venv, 'qwarden-stamp');

/** Returns the path of its python. Throws an Error for people. */
export function ensureVenv() {
  const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const isReady = () => existsSync(python) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isReady()) return python;
  withLock(() => {
    if (isReady()) return;
    process.stderr.write('qwarden bench: making a Python environment in .cache/bench-venv with the peers (once).\n');
    rmSync(venv, { recursive: true, force: true });
    run('python3', ['-m', 'venv', venv], 'needs python3 with venv (Debian, Ubuntu: "apt install python3-venv")');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements];
    run(python, pip, 'pip could not install bench/requirements.txt');
    writeFileSync(stampFile, stamp);
  });
  return python;
}

function run(command, args, complaint) {
  const done = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (done.status !== 0) throw new Error(`${complaint}${done.error === undefined ? '' : `: ${done.error.message}`}`);
}
