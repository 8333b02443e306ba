import type { Command } from 'commander';
import type { Outcome } from './outcome.ts';

/** What a command's module exports. It is loaded only when the command is wanted. */
interface CommandModule {
  /** Declares flags, help and the action. The action sets `outcome.exitCode` when it is not 0. */
  configure(command: Command, outcome: Outcome): void;
  /** What stands below the options in its help, where it is too dear to be made for every start. */
  notes?(): Promise<string>;
  /** Changes the words after the command's name before they are parsed. */
  rewrite?(words: readonly string[]): string[];
}

export interface CommandEntry {
  name: string;
  /** One line for `qwarden --help`. */
  summary: string;
  load(): Promise<CommandModule>;
}
