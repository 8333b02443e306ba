import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { filelockOptions } from '../../options/table/filelock.ts';
import type { Outcome } from '../outcome.ts';
import { flagOf, negatedFlagOf } from '../../options/definition.ts';
import { expandAbbreviations } from './abbreviations.ts';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, filelockOptions);
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

/** What stands below the options in its help: it names what the engine leaves alone, which is not loaded for less. */
export async function notes(): Promise<string> {
  const { filelockNotes } = await import('./help.ts');
  return filelockNotes();
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
