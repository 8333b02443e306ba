import { DemoError } from './demo-error.ts';
import { type QwardenChild, startQwarden } from './child.ts';

/** How the embedded cluster is reached. */
export interface Cluster {
  url: string;
  host: string;
  port: number;
  username: string;
  password: string;
  fingerprint256: string;
}

/** An emulated cluster in its own process, on a port that is free. */
export async function startEmulator(running: QwardenChild[], signal: AbortSignal): Promise<Cluster> {
  const { promise, resolve } = Promise.withResolvers<Cluster>();
  const child = startQwarden(['emulator', '--port', '0', '--json'], {}, (line) => resolve(asCluster(line)));
  running.push(child);
  return await ready(promise, child, 'the emulator', signal);
}

function asCluster(line: Record<string, unknown>): Cluster {
  const { url, host, port, username, password, fingerprint256 } = line;
  const texts = { url: String(url), host: String(host), username: String(username), password: String(password) };
  return { ...texts, port: Number(port), fingerprint256: String(fingerprint256) };
}

/**
 * Waits for `promise`, unless the child ends first: then its last words are the error.
 * @throws {DemoError} the same; whatever the signal was aborted with
 */
export async function ready<T>(
  promise: Promise<T>,
  child: QwardenChild,
  name: string,
  signal: AbortSignal,
): Promise<T> {
  const { promise: early, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  void child.exited.then((code) =>
    reject(new DemoError(`${name} ended (${code}) before it was ready. Its last words:\n${child.stderrTail()}`)),
  );
  try {
    return await Promise.race([promise, early]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
