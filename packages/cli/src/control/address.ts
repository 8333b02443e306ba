import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** sockaddr_un holds 104 bytes on some systems and 108 on others, with the NUL behind them. */
const MOST_BYTES = 100;

export interface ControlAddress {
  /** What to listen on and connect to. */
  readonly path: string;
  /** A directory that is there only for the socket, where the state directory's own path is too long. */
  readonly directory: string | null;
}

/** Where the monitor of a state directory listens. */
export function controlAddress(
  stateDir: string,
  platform: NodeJS.Platform = process.platform,
  temporary: string = tmpdir(),
): ControlAddress {
  const hash = createHash('sha256').update(stateDir).digest('hex').slice(0, 16);
  if (platform === 'win32') return { path: `\\\\.\\pipe\\qwarden-${hash}`, directory: null };
  const path = join(stateDir, 'control.sock');
  if (Buffer.byteLength(path) <= MOST_BYTES) return { path, directory: null };
  // Others can write there: a directory of one's own keeps them out from the first moment.
  const directory = join(temporary, `qwarden-${hash}`);
  return { path: join(directory, 'control.sock'), directory };
}
