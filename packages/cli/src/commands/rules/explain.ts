import { type Actions, builtinActions, describeRule, migrate, nearest, rulesJsonSchema } from '@qwarden/engine';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { writeTo } from '../../process/streams.ts';
import { brokenRules, readNamed, rulesOf, sourceName } from './file.ts';

/** `qwarden rules explain`. */
export function explainRules(file: string, name: string | undefined, own: Actions): ExitCode {
  const { rules } = rulesOf(file, own);
  const shown = name === undefined ? rules : rules.filter((rule) => rule.name === name);
  if (name !== undefined && shown.length === 0) {
    const names = rules.map((rule) => rule.name);
    const near = nearest(name, names);
    throw new CliError('usage', `There is no rule "${oneLine(name)}" in ${sourceName(file)}.`, {
      remedy: near === undefined ? `It has: ${oneLine(names.join(', '))}.` : `Did you mean "${oneLine(near)}"?`,
    });
  }
  writeTo(
    process.stdout,
    `${shown.map((rule) => describeRule(rule).split('\n').map(oneLine).join('\n')).join('\n\n')}\n`,
  );
  return ExitCode.ok;
}

/** `qwarden rules schema`. */
export function printSchema(own: Actions): ExitCode {
  writeTo(process.stdout, `${JSON.stringify(rulesJsonSchema({ ...builtinActions, ...own }), undefined, 2)}\n`);
  return ExitCode.ok;
}

/** `qwarden rules migrate`. */
export function migrateRules(file: string): ExitCode {
  const migrated = migrate(readNamed(file), { source: sourceName(file) });
  if (!migrated.ok) throw brokenRules(migrated.problems);
  writeTo(process.stdout, migrated.text);
  return ExitCode.ok;
}
