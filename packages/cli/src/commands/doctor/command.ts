import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { doctorOptions } from '../../options/table/doctor.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, doctorOptions);
  command.argument('[filelock|monitor]', 'whose configuration; without it, the one that the settings are for');
  command.addHelpText('after', notes).action(async (word: string | undefined) => {
    const { sendTest, format, json } = doctorOptions;
    const { values } = await resolve({ table: { sendTest, format, json }, flags, environment: {} });
    const { runDoctor } = await import('./run.ts');
    outcome.exitCode = await runDoctor(word, flags, values);
  });
}

const notes = `
Takes the settings of "qwarden filelock" or "qwarden monitor" (flags, environment, file) and checks what they need: name, port, certificate,
login, privileges one by one, clocks, recursive mode, directory, state, Redis, disk, rules, and whom the rules tell. Changes nothing.

Exit codes:
  0  all well (warnings may remain)    1  something fails    2  the command line or the configuration must be corrected
  3  nothing fails, and not everything could be checked`;
