import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { whyOptions } from '../../options/table/why.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  command.argument('[PATH|ID]', 'a path, as the cluster has it now or had it before, or the id of a file');
  const flags = declareFlags(command, whyOptions);
  command.addHelpText('after', notes).action(async (subject: string | undefined) => {
    const { values } = await resolve({ table: whyOptions, flags, environment: process.env });
    const { why } = await import('./why.ts');
    outcome.exitCode = await why(subject, values);
  });
}

const notes = `
Tells what happened to a file: its retention lock as the ledger has it; then, oldest first, each change, the rules that it matched
and why, what was done because of it, what still waits, and what was recognised as an effect of the monitor itself. A file is found
under every name that it had; of a directory the latest that happened below it is told; of a rule (--rule) its latest matches, of whatever files. Reads the store of "qwarden monitor", also
while it runs: matches of the last 30 days, other changes of the last 7, retention locks for good.

Exit codes:
  0  told    1  nothing is known, or the store cannot be read    2  the command line must be corrected

Examples:
  qwarden why /records/2031/ledger.pdf
  qwarden why 1000003 --json
  qwarden why --rule "lock finished records" --limit 5`;
