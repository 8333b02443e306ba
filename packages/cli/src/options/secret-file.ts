import { readFileSync } from 'node:fs';
import { CliError } from '../errors/cli-error.ts';
import { errnoOf } from '../errors/errno.ts';

/** A secret that is mounted as a file; `-` is standard input. The line end that editors add is not part of it. */
export function readSecretFile(path: string, from: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new CliError('config', `${from}: cannot read ${path} (${errnoOf(error) ?? String(error)}).`, {
      remedy: 'Name a file that holds the secret and that this user may read.',
      cause: error,
    });
  }
}
