import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { supportBundleOptions } from '../../options/table/doctor.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, supportBundleOptions);
  command.argument('<place>', 'FILE.tar.gz, or a directory; must not be there yet');
  command.argument('[filelock|monitor]', 'whose configuration; without it, the one that the settings are for');
  command.addHelpText('after', notes).action(async (place: string, word: string | undefined) => {
    const { values } = await resolve({ table: { lines: supportBundleOptions.lines }, flags, environment: {} });
    const { makeBundle } = await import('./run.ts');
    outcome.exitCode = await makeBundle(place, word, flags, values.lines);
  });
}

const notes = `
Passwords, tokens and keys are left out. Names of files, hosts and users of your cluster are in it: look through it before you send it on.

Exit codes:
  0  made    1  it could not be written    2  the command line must be corrected    3  made, and something could not be gathered`;
