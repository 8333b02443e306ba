import { othersCanRead } from '../config/ini/others-can-read.ts';
import { readIniFile } from '../config/ini/read-file.ts';
import { CliError } from '../errors/cli-error.ts';
import { keepSecret } from '../process/secrets.ts';
import { convert } from './convert.ts';
import type { OptionTable, ValuesOf, Zod } from './definition.ts';
import { type Environment, environmentSource, misspeltVariables } from './environment-source.ts';
import { fileSource, misspeltKeys } from './file-source.ts';
import { type Origin, precedence, type RawValue, type Source } from './origin.ts';

/** The settings of one run of a command. */
export interface Resolved<T extends OptionTable> {
  values: ValuesOf<T>;
  /** Where each value came from; options that nobody set and that have no default are missing. */
  origins: ReadonlyMap<string, Origin>;
  /** The configuration file that was read; `undefined` when there is none. */
  configFile: string | undefined;
  warnings: readonly string[];
}

export interface ResolveInput<T extends OptionTable> {
  table: T;
  flags: Source;
  environment: Environment;
  /** `QWARDEN_` unless the command has its own. */
  prefix?: string;
  /** A file need not be there even if it was named (for `configure`, which makes it). */
  fileMayBeMissing?: boolean;
}

/** Flag over environment over file over default. Throws CliError that names every wrong value at once. */
export async function resolve<const T extends OptionTable>(input: ResolveInput<T>): Promise<Resolved<T>> {
  const { z } = await import('zod');
  const { table, flags, environment, prefix = 'QWARDEN_' } = input;
  const fromEnvironment = environmentSource(table, prefix, environment);
  const warnings = await misspeltVariables(table, prefix, environment);
  const file = table.configFile ? readNamedFile(z, input, fromEnvironment) : undefined;
  const sources: Source[] = [flags, fromEnvironment];
  if (file) {
    sources.push(fileSource(table, file));
    warnings.push(...(await misspeltKeys(table, file)));
  }
  const { values, origins } = pick(z, table, sources);
  if (file) warnings.push(...openSecrets(table, file.file, origins));
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value has just passed the schema of its own row
    values: values as ValuesOf<T>,
    origins,
    configFile: file?.file,
    warnings,
  };
}

/** A secret in a file that any user of the machine can read is none. */
function openSecrets(table: OptionTable, file: string, origins: ReadonlyMap<string, Origin>): string[] {
  const keys = [...origins].flatMap(([name, origin]) =>
    table[name]?.secret === true && origin.kind === 'file' ? [origin.key] : [],
  );
  if (keys.length === 0 || !othersCanRead(file)) return [];
  return [`Other users of this machine can read ${file}, and ${keys.join(' and ')} stands in it: chmod 600 ${file}`];
}

function pick(z: Zod, table: OptionTable, sources: readonly Source[]) {
  const values: Record<string, unknown> = {};
  const origins = new Map<string, Origin>();
  const problems: { kind: 'usage' | 'config'; text: string }[] = [];
  for (const [name, option] of Object.entries(table)) {
    const raw =
      sources.map((source) => source.get(name)).find((value) => value !== undefined) ?? defaultOf(option.default);
    if (!raw) continue;
    if (option.secret) keepSecret(String(raw.value));
    const converted = convert(z, option, raw);
    if (converted.ok) {
      values[name] = converted.value;
      origins.set(name, raw.origin);
    } else {
      problems.push({ kind: raw.origin.kind === 'flag' ? 'usage' : 'config', text: converted.problem });
    }
  }
  if (problems[0]) throw new CliError(problems[0].kind, problems.map((problem) => problem.text).join('\n'));
  return { values, origins };
}

function defaultOf(value: OptionTable[string]['default']): RawValue | undefined {
  if (value === undefined) return undefined;
  return { value: typeof value === 'number' ? String(value) : value, origin: { kind: 'default' } };
}

function readNamedFile<T extends OptionTable>(z: Zod, input: ResolveInput<T>, fromEnvironment: Source) {
  const onlyFile: OptionTable = { configFile: input.table.configFile ?? noFile };
  const { values, origins } = pick(z, onlyFile, [input.flags, fromEnvironment]);
  const path = String(values.configFile);
  const file = readIniFile(path);
  // A variable may be set for several programs at once; a flag is meant.
  const named = origins.get('configFile')?.kind === 'flag';
  if (!file && named && !input.fileMayBeMissing) {
    throw new CliError('config', `Configuration file ${path} not found.`, {
      remedy: `Write it with "qwarden configure --config-file ${path}", or name another one with --config-file.`,
    });
  }
  return file;
}

const noFile = { kind: 'text', group: 'Cluster', description: '', schema: (z: Zod) => z.string() } as const;

/** The stronger of two origins; 0 when they are equally strong. */
export function compareStrength(a: Origin | undefined, b: Origin | undefined): number {
  const rank = (origin: Origin | undefined) => (origin ? precedence.indexOf(origin.kind) : precedence.length);
  return rank(b) - rank(a);
}
