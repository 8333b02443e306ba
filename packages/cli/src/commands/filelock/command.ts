import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { filelockOptions } from '../../options/table/filelock.ts';
import type { Outcome } from '../outcome.ts';
import { flagOf, negatedFlagOf } from '../../options/definition.ts';
import { expandAbbreviations } from './abbreviations.ts';
import { filelockNotes } from './help.ts';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, filelockOptions);
  command.addHelpText('after', filelockNotes);
  command.action(async () => {
    const { perform } = await import('./perform.ts');
    const settings = await resolve({
      table: filelockOptions,
      flags,
      environment: process.env,
      fileMayBeMissing: flags.has('configure'),
    });
    outcome.exitCode = await perform(settings, flags);
  });
}

/** Old command lines may have shortened flags. */
export function rewrite(words: readonly string[]): string[] {
  const ours = Object.entries(filelockOptions).flatMap(([name, option]) => [
    `--${flagOf(name)}`,
    `--${negatedFlagOf(name)}`,
    ...('aliases' in option ? option.aliases.map((alias) => `--${alias}`) : []),
    ...('secret' in option ? [`--${flagOf(name)}-file`] : []),
  ]);
  return expandAbbreviations(words, new Set(['--help', ...ours]));
}
