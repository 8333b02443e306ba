import { parseArgs } from 'node:util';
import type { EmulatorCommandOptions } from './command.ts';

export const usageText = `Usage: qumulo-emulator [options]

Runs a Qumulo cluster in memory, behind the same REST API, until SIGINT or SIGTERM. Everything is gone when it ends.

  --host HOST          Address to listen on (default: 127.0.0.1)
  --port PORT          Port to listen on; 0 = any free one (default: 8000)
  --username NAME      Name of the administrator (default: admin)
  --password PASSWORD  The administrator's password (default: Admin123!)
  --no-tls             Speak plain HTTP; by default HTTPS with a self-signed certificate
  --access-log         Print one line per request on stderr
  --json               Print one JSON line once it listens: url, host, port, username, password, accessToken, fingerprint256
  -V, --version        Print the version
  -h, --help           Print this help
`;

/** The command line must be corrected; exit code 2. */
export class EmulatorUsageError extends Error {}

/** Reads the command line of `qumulo-emulator`: the flags that `qwarden emulator` has too. */
export function parseEmulatorFlags(words: readonly string[]): EmulatorCommandOptions {
  const { port, 'access-log': accessLog, ...others } = read(words);
  return {
    ...others,
    ...(port === undefined ? {} : { port: portOf(port) }),
    ...(accessLog === undefined ? {} : { accessLog }),
  };
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowNegative: true,
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        username: { type: 'string' },
        password: { type: 'string' },
        tls: { type: 'boolean' },
        'access-log': { type: 'boolean' },
        json: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new EmulatorUsageError(error.message, { cause: error });
  }
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new EmulatorUsageError(`--port must be a number from 0 to 65535, not "${text}".`);
  return port;
}
