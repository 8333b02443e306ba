import { startEmulator } from './emulator.ts';
import type { EmulatorOptions } from './options.ts';
import type { Emulator } from './types.ts';

/** What `qwarden emulator` may be told; the CLI parses the flags. */
export interface EmulatorCommandOptions {
  readonly host?: string;
  /** Default 8000; 0 = any free port. */
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: boolean;
  /** Exactly one JSON line on stdout once it listens, and nothing else. */
  readonly json?: boolean;
  /** One line per request on stderr. */
  readonly accessLog?: boolean;
}

export interface EmulatorCommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
  /** For tests: called once it listens. */
  readonly onListening?: (emulator: Emulator) => void;
}

/** Runs a cluster until the signal aborts. Resolves with the exit code: 0, or 1 when it could not listen. */
export async function runEmulatorCommand(options: EmulatorCommandOptions, io: EmulatorCommandIo): Promise<number> {
  let emulator: Emulator;
  try {
    emulator = await startEmulator(startOptions(options, io));
  } catch (error) {
    io.stderr.write(`emulator: cannot start: ${explain(error, options)}\n`);
    return 1;
  }
  io.stdout.write(options.json === true ? `${JSON.stringify(jsonLine(emulator))}\n` : humanText(emulator));
  io.onListening?.(emulator);
  await aborted(io.signal);
  await emulator.stop();
  return 0;
}

function startOptions(options: EmulatorCommandOptions, io: EmulatorCommandIo): EmulatorOptions {
  return {
    port: options.port ?? 8000,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.accessLog === true
      ? {
          accessLog: ({ method, path, status, milliseconds }) => {
            io.stderr.write(`${method} ${path} ${status} ${milliseconds.toFixed(1)} ms\n`);
          },
        }
      : {}),
  };
}

function jsonLine({ url, host, port, username, password, accessToken, fingerprint256 }: Emulator) {
  return { url, host, port, username, password, accessToken, fingerprint256 };
}

function humanText(emulator: Emulator): string {
  const lines = [
    'Qumulo cluster emulator (in memory, for tests and demos; not made by Qumulo)',
    `  URL           ${emulator.url}`,
    `  User          ${emulator.username}`,
    `  Password      ${emulator.password}`,
    `  Access token  ${emulator.accessToken}`,
    ...(emulator.fingerprint256 === '' ? [] : [`  Certificate   self-signed, SHA-256 ${emulator.fingerprint256}`]),
    `  Faults        ${emulator.url}/_emulator/ (from this machine)`,
    'Stop it with Ctrl-C.',
  ];
  return `${lines.join('\n')}\n`;
}

function explain(error: unknown, options: EmulatorCommandOptions): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const port = options.port ?? 8000;
  if (code === 'EADDRINUSE') return `port ${port} is in use; choose another with --port, or --port 0 for any free one`;
  if (code === 'EACCES') return `this user may not listen on port ${port}; choose one above 1023`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${options.host ?? ''} is no address of this machine`;
  return error instanceof Error ? error.message : String(error);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener('abort', () => {
        resolve();
      });
  });
}
