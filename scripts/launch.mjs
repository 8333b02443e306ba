// Hands over to the CLI under Node 24 or newer, setting up the clone first where it must be.
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { cliEntry, ensureReady, nodePath, SetupError, say } from './toolchain.mjs';

export async function launch(args) {
  try {
    ensureReady();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
    return;
  }
  if (nodePath() === process.execPath) {
    process.argv = [process.execPath, cliEntry, ...args];
    await import(pathToFileURL(cliEntry).href);
    return;
  }
  handOver(args);
}

/**
 * An old Node cannot become another program, so it stays as the parent: it passes signals on, returns
 * the exit code, and holds a pipe open whose end tells the child that the parent was killed.
 */
function handOver(args) {
  const child = spawn(nodePath(), [cliEntry, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, QWARDEN_PARENT_FD: '3' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    say(`could not start ${nodePath()}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
    process.exitCode = code ?? 1;
  });
}
