import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { errnoOf } from '../../errors/errno.ts';
import type { Environment } from '../../options/environment-source.ts';

export type StateOf = 'filelock' | 'monitor' | 'redis';

/** Where state directories are made when none is named: `$XDG_STATE_HOME` or `~/.local/state`, below it `qwarden/filelock`. */
export function stateRoot(environment: Environment, of: StateOf = 'filelock'): string {
  const base = environment.XDG_STATE_HOME;
  // The XDG specification: a relative path there is to be ignored.
  const home = base?.startsWith('/') ? base : join(homedir(), '.local', 'state');
  return join(home, 'qwarden', of);
}

/** The state directory of one cluster and directory. Readable, and different for whatever differs. */
export function defaultStateDir(
  environment: Environment,
  watch: { host: string; port: number; ref: string },
  of: StateOf = 'filelock',
): string {
  const identity = `${watch.host.toLowerCase()}_${watch.port}_${watch.ref}`;
  const readable = identity
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 8);
  return join(stateRoot(environment, of), `${readable}-${hash}`);
}

/** The named state directory, or all that are there below the default root. */
export function stateDirsToRead(
  environment: Environment,
  named: string | undefined,
  of: StateOf = 'filelock',
): string[] {
  if (named !== undefined) return [resolve(named)];
  const root = stateRoot(environment, of);
  try {
    return readdirSync(root)
      .sort()
      .map((name) => join(root, name))
      .filter((path) => statSync(path).isDirectory());
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
