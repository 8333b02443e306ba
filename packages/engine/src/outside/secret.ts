import { readFileSync } from 'node:fs';
import { OutsideError } from '../actions/port.ts';
import { codeOf } from './errno.ts';

/** @throws OutsideError that names the variable or the file, never the value. */
export function readSecret(
  environment: Readonly<Record<string, string | undefined>>,
  from: { readonly env?: string | undefined; readonly file?: string | undefined },
): string {
  if (from.env !== undefined) {
    const value = environment[from.env];
    if (value === undefined || value === '')
      throw new OutsideError(`the environment variable ${from.env} is not set`, { transient: false });
    return value;
  }
  if (from.file === undefined) throw new OutsideError('no variable and no file is named', { transient: false });
  const value = readText(from.file);
  if (value === '') throw new OutsideError(`the file ${from.file} is empty`, { transient: false });
  return value;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new OutsideError(`cannot read the file ${file} (${codeOf(error)})`, { transient: false });
  }
}
