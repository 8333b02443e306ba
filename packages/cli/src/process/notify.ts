import { spawn } from 'node:child_process';

/** Tells the service manager in one datagram; resolves when it was taken, rejects with why it was not. */
export type Notify = (...fields: readonly string[]) => Promise<void>;

const PROGRAM = 'systemd-notify';
/** A manager that hangs must not gather programs. */
const PATIENCE_MS = 10_000;

/**
 * sd_notify. Node has no datagram sockets of Unix, so that systemd's own program sends it, which is there where systemd is; it waits until
 * the manager has seen it, so that the manager still knows whose child the sender was.
 */
export function systemdNotify(socket: string, environment: NodeJS.ProcessEnv): Notify {
  return async (...fields) => {
    const child = spawn(PROGRAM, [...fields], {
      stdio: 'ignore',
      env: { PATH: environment.PATH, NOTIFY_SOCKET: socket },
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once('error', (error) => reject(new Error(`cannot run ${PROGRAM} (${error.message})`, { cause: error })));
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${PROGRAM} ended with ${code ?? signal}`));
    });
    await promise;
  };
}
