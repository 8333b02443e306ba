import {
  type Actions,
  builtinActions,
  formatProblem,
  loadRuleFile,
  type LoadResult,
  type Problem,
  type RuleSet,
} from '@qwarden/engine';
import { CliError } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { readStandardInput } from '../../process/standard-input.ts';
import { writeTo } from '../../process/streams.ts';
import { readRuleFile, ruleText } from '../monitor/rule-file.ts';

/** Text of a file, or of standard input for "-". Throws CliError. */
export function readNamed(file: string): string {
  return file === '-' ? ruleText(readStandardInput(), sourceName(file)) : readRuleFile(file);
}

export function sourceName(file: string): string {
  return file === '-' ? '(standard input)' : file;
}

/** `own`: the user's actions, beside those that come with qwarden. */
export function loadNamed(file: string, own: Actions): LoadResult {
  return loadRuleFile(readNamed(file), { source: sourceName(file), actions: { ...builtinActions, ...own } });
}

/** Warnings go to stderr. Throws CliError with every problem. */
export function rulesOf(file: string, own: Actions): RuleSet {
  const loaded = loadNamed(file, own);
  if (!loaded.ok) throw brokenRules(loaded.problems);
  warn(loaded.warnings);
  return loaded.ruleSet;
}

export function warn(warnings: readonly Problem[]): void {
  for (const warning of warnings) writeTo(process.stderr, `qwarden: warning: ${oneLine(formatProblem(warning))}\n`);
}

export function brokenRules(problems: readonly Problem[]): CliError {
  return new CliError('config', problems.map((problem) => oneLine(formatProblem(problem))).join('\n'));
}
