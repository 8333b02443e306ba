import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DEFAULT_SECTION, parseIni } from './parse.ts';
import { indentOf, strip } from './whitespace.ts';

/** A value that this file format cannot hold. The message never contains the value. */
export class IniValueError extends Error {
  constructor(key: string, why: string) {
    super(`${key} cannot be written to a configuration file: ${why}.`);
    this.name = 'IniValueError';
  }
}

/** Key to new value; `undefined` takes the key away. */
export type IniChanges = ReadonlyMap<string, string | undefined>;

/**
 * The text with the changes made in one section. Everything else stays byte for byte: comments, unknown keys, other
 * sections, order, indentation, line ends. Throws IniError when the text cannot be read, IniValueError for a value
 * that would not come back the same.
 */
export function changeIni(text: string, file: string, changes: IniChanges, section: string = DEFAULT_SECTION): string {
  const newline = /\r\n/.test(text) ? '\r\n' : '\n';
  const parsed = parseIni(text, file);
  const lines = text === '' ? [] : text.replace(/(\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/);
  const gone = new Set<number>();
  const replaced = new Map<number, string>();
  const added: string[] = [];
  for (const [key, value] of changes) {
    const entry = parsed.ownEntry(section, key);
    if (!entry) {
      if (value !== undefined) added.push(`${key} = ${encode(key, value)}`);
      continue;
    }
    for (let line = entry.line; line <= entry.lastLine; line++) {
      if (!isComment(lines[line - 1] ?? '')) gone.add(line);
    }
    if (value === undefined) continue;
    const old = lines[entry.line - 1] ?? '';
    const head = /^.*?[=:]/s.exec(old)?.[0] ?? `${entry.key} =`;
    replaced.set(entry.line, `${head} ${encode(key, value)}`);
  }
  const end = parsed.endOf(section);
  // With the indentation of its neighbour a new line is not read as its continuation, nor the next one as ours.
  const neighbour = lines[(end?.like ?? 0) - 1] ?? '';
  const indent = neighbour.slice(0, indentOf(neighbour));
  const out: string[] = [];
  const addHere = () => out.push(...added.map((line) => indent + line));
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    const changed = replaced.get(number);
    if (changed !== undefined) out.push(changed);
    else if (!gone.has(number)) out.push(line);
    if (number === end?.after) addHere();
  }
  if (end === undefined && added.length > 0) {
    if (out.length > 0) out.push('');
    out.push(`[${section}]`, ...added);
  }
  const result = out.map((line) => line + newline).join('');
  confirm(result, file, changes, section);
  return result;
}

/** Writes a file that holds secrets: mode 0600, whole or not at all, through a symbolic link to where it points. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return path;
    throw error;
  });
  const temporary = join(dirname(target), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function isComment(line: string): boolean {
  return /^[#;]/.test(strip(line));
}

function encode(key: string, value: string): string {
  if (/[\r\n]/.test(value)) throw new IniValueError(key, 'it has a line break in it');
  if (strip(value) !== value) throw new IniValueError(key, 'it begins or ends with a space, which this format drops');
  return value.replaceAll('%', '%%');
}

/** Reads the result back: a value that comes back different is refused before anything is written. */
function confirm(text: string, file: string, changes: IniChanges, section: string): void {
  const parsed = parseIni(text, file);
  for (const [key, value] of changes) {
    const back = parsed.ownEntry(section, key) ? parsed.get(section, key) : undefined;
    if (back !== value) throw new IniValueError(key, 'it would not come back the same');
  }
}
