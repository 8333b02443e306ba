import { readFileSync } from 'node:fs';
import { CliError } from '../../errors/cli-error.ts';
import { errnoOf } from '../../errors/errno.ts';
import { type IniFile, parseIni } from './parse.ts';

/**
 * Reads a configuration file; `undefined` when there is none.
 * Throws CliError for a file that cannot be read, IniError for one that cannot be understood.
 */
export function readIniFile(path: string): IniFile | undefined {
  const bytes = readBytes(path);
  if (bytes === undefined) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CliError('config', `The configuration file ${path} is not UTF-8 text.`, {
      remedy: 'Save it as UTF-8, or write a new one with "qwarden configure".',
    });
  }
  return parseIni(text, path);
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const reasons: Record<string, [string, string]> = {
      EACCES: ['you may not read it', 'Run qwarden as its owner, or change its permissions.'],
      EISDIR: ['it is a directory', 'Name the file itself with --config-file.'],
    };
    const [why, remedy] = reasons[code ?? ''] ?? [
      String(code ?? error),
      'Check the file, or name another one with --config-file.',
    ];
    throw new CliError('config', `Cannot read the configuration file ${path}: ${why}.`, { remedy, cause: error });
  }
}
