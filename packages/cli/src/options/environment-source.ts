import { CliError } from '../errors/cli-error.ts';
import { type OptionTable, variablesOf } from './definition.ts';
import { nameOrigin, type RawValue, type Source } from './origin.ts';
import { readSecretFile } from './secret-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the environment says. An empty variable counts as not set. Secrets also come from the file that `…_FILE` names.
 * Throws CliError when such a file cannot be read, or when a variable and its `…_FILE` are both set.
 */
export function environmentSource(table: OptionTable, prefix: string, environment: Environment): Source {
  const source = new Map<string, RawValue>();
  for (const [name, option] of Object.entries(table)) {
    for (const variable of variablesOf(prefix, name, option)) {
      const value = environment[variable];
      if (value) take(source, name, variable, value);
      const fileVariable = `${variable}_FILE`;
      const path = option.secret ? environment[fileVariable] : undefined;
      if (path) take(source, name, fileVariable, readSecretFile(path, fileVariable));
    }
  }
  return source;
}

function take(source: Map<string, RawValue>, name: string, variable: string, value: string): void {
  const earlier = source.get(name);
  if (earlier && (earlier.value !== value || variable.endsWith('_FILE'))) {
    throw new CliError('config', `${nameOrigin(earlier.origin)} and ${variable} are both set.`, {
      remedy: 'They mean the same setting: unset one of them.',
    });
  }
  source.set(name, { value, origin: { kind: 'environment', variable } });
}

/** Variables that look like a slip of the pen, as warnings. */
export async function misspeltVariables(
  table: OptionTable,
  prefix: string,
  environment: Environment,
): Promise<string[]> {
  const known = new Set(
    Object.entries(table).flatMap(([name, option]) =>
      variablesOf(prefix, name, option).flatMap((variable) =>
        option.secret ? [variable, `${variable}_FILE`] : [variable],
      ),
    ),
  );
  const unknown = Object.keys(environment).filter(
    (variable) => variable.startsWith(prefix) && !known.has(variable) && !others.has(variable),
  );
  if (unknown.length === 0) return [];
  const { nearest } = await import('@qwarden/engine');
  return unknown.flatMap((variable) => {
    const names = [...known].map((name) => name.slice(prefix.length));
    const meant = nearest(variable.slice(prefix.length), names);
    return meant === undefined ? [] : [`${variable} is not a setting. Did you mean ${prefix}${meant}?`];
  });
}

/** Variables of ours that are no settings. */
const others = new Set(['QWARDEN_DEBUG', 'QWARDEN_PARENT_FD', 'QWARDEN_DAEMON']);
