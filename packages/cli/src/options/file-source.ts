import type { IniEntry } from '../config/ini/entry.ts';
import { DEFAULT_SECTION, type IniFile } from '../config/ini/parse.ts';
import { CliError } from '../errors/cli-error.ts';
import { parseBoolean } from './convert.ts';
import { iniKeysOf, type OptionTable } from './definition.ts';
import { nameOrigin, type Origin, type RawValue, type Source } from './origin.ts';

/** Section of the event monitor's sample files: access token, port 443, `/api`. Inherits from `[DEFAULT]`. */
const CLUSTER_SECTION = 'CLUSTER';

/**
 * What the file says. Keys without a value count as not there.
 * Throws IniError for a value that cannot be read, CliError for two keys that contradict each other.
 */
export function fileSource(table: OptionTable, file: IniFile): Source {
  const section = sectionOf(file);
  const source = new Map<string, RawValue>();
  for (const [name, option] of Object.entries(table)) {
    for (const key of iniKeysOf(name, option)) {
      const entry = file.entry(section, key);
      const value = entry && file.get(section, key);
      if (!entry || !value) continue;
      const raw = { value, origin: originOf(file, entry) };
      const earlier = source.get(name);
      if (earlier && earlier.value !== value) throw contradiction(earlier.origin, raw.origin);
      if (!earlier) source.set(name, raw);
    }
  }
  if (table.host) addSampleMeaning(source, file, section);
  return source;
}

/** Keys that look like a slip of the pen, as warnings. Other unknown keys belong to somebody else and are left alone. */
export async function misspeltKeys(table: OptionTable, file: IniFile): Promise<string[]> {
  const known = new Set(['USE_SSL', ...Object.entries(table).flatMap(([name, option]) => iniKeysOf(name, option))]);
  const section = sectionOf(file);
  const unknown = file.keys(section).filter((key) => !known.has(key.toUpperCase()));
  if (unknown.length === 0) return [];
  const { nearest } = await import('@qwarden/engine');
  return unknown.flatMap((key) => {
    const meant = nearest(key.toUpperCase(), known);
    const entry = file.entry(section, key);
    return meant && entry
      ? [`${file.file}, line ${entry.line}: ${entry.key} is not a setting. Did you mean ${meant}?`]
      : [];
  });
}

function sectionOf(file: IniFile): string {
  return file.sections().includes(CLUSTER_SECTION) ? CLUSTER_SECTION : DEFAULT_SECTION;
}

function originOf(file: IniFile, entry: IniEntry): Origin {
  return { kind: 'file', file: file.file, line: entry.line, key: entry.key };
}

/**
 * A file with CLUSTER_ADDRESS means port 443, and its `USE_SSL = False` means "do not verify the certificate"
 * (it is handed to aiohttp as `ssl=False`; the connection is HTTPS all the same). A fingerprint or a CA in the
 * same file is the stricter wish and outweighs it.
 */
function addSampleMeaning(source: Map<string, RawValue>, file: IniFile, section: string): void {
  const address = file.entry(section, 'CLUSTER_ADDRESS');
  const host = source.get('host');
  if (address && host && !source.has('port') && !/^[^:]+:\d+$/.test(String(host.value))) {
    source.set('port', { value: '443', origin: originOf(file, address) });
  }
  const useSsl = file.entry(section, 'USE_SSL');
  const text = useSsl && file.get(section, 'USE_SSL');
  if (!useSsl || !text) return;
  const origin = originOf(file, useSsl);
  const verify = parseBoolean(text);
  if (verify === undefined) {
    throw new CliError('config', `${nameOrigin(origin)}: must be True or False, not ${JSON.stringify(text)}.`);
  }
  if (verify || source.has('tlsInsecure') || source.has('tlsFingerprint') || source.has('tlsCa')) return;
  source.set('tlsInsecure', { value: 'true', origin });
}

function contradiction(a: Origin, b: Origin): CliError {
  return new CliError('config', `${nameOrigin(a)} and ${nameOrigin(b)} say different things.`, {
    remedy: 'Both keys mean the same setting: keep one of them.',
  });
}
