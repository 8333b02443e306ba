import { makeDirectory } from '@qwarden/engine';
import { openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../errors/cli-error.ts';
import { errnoOf } from '../errors/errno.ts';

/**
 * Writes our process id to a file that must not belong to a running process. Returns what takes it away again.
 * Throws CliError when another process is running with it.
 */
export function claimPidFile(path: string): () => void {
  makeDirectory(dirname(path));
  const own = `${process.pid}\n`;
  for (;;) {
    try {
      const fd = openSync(path, 'wx', 0o600);
      writeSync(fd, own);
      closeSync(fd);
      return () => {
        if (readText(path) === own) rmSync(path, { force: true });
      };
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      refuseIfRunning(path);
      rmSync(path, { force: true });
    }
  }
}

/** Throws CliError when the file names a process that runs. A file left behind by one that was killed is no obstacle. */
export function refuseIfRunning(path: string): void {
  const text = readText(path)?.trim();
  if (text === undefined) return;
  if (!/^\d*$/.test(text)) {
    throw new CliError('failed', `The pid file ${path} holds something else than a process id.`, {
      remedy: 'Name another file with --pid-file.',
    });
  }
  const pid = Number(text);
  if (pid > 0 && pid !== process.pid && isOurs(pid)) {
    throw new CliError('failed', `Already running: process ${pid} (${path}).`, {
      remedy: `Stop it first ("kill ${pid}"), or name another file with --pid-file.`,
    });
  }
}

/** Runs, and is a qwarden where that can be told: process ids are used again. */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
  }
  const command = readText(`/proc/${pid}/cmdline`);
  return command === undefined || command === '' || /qwarden|filelock/.test(command);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
