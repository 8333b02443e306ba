import { readFileSync } from 'node:fs';
import { CliError } from '../errors/cli-error.ts';
import { errnoOf } from '../errors/errno.ts';
import { readStandardInput } from '../process/standard-input.ts';

/** A secret that is mounted as a file; `-` is standard input. The line end that editors add is not part of it. */
export function readSecretFile(path: string, from: string): string {
  try {
    const text = path === '-' ? readStandardInput().toString('utf8') : readFileSync(path, 'utf8');
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    throw new CliError('config', `${from}: cannot read ${path} (${errnoOf(error) ?? String(error)}).`, {
      remedy: 'Name a file that holds the secret and that this user may read.',
      cause: error,
    });
  }
}
