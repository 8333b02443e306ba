import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { statusOptions } from '../../options/table/status.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, statusOptions);
  command.addHelpText('after', notes).action(async () => {
    const { values } = await resolve({ table: statusOptions, flags, environment: process.env });
    const { showStatus } = await import('./show.ts');
    outcome.exitCode = await showStatus(values);
  });
}

const notes = `
Asks each running "qwarden monitor" of this user; of one that does not run it shows what its store has.

Exit codes:
  0  a monitor runs    1  it cannot be reached, or a store cannot be read    2  the command line must be corrected
  3  none runs`;
