import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import type { Outcome } from '../outcome.ts';
import { emulatorOptions } from '../../options/table/emulator.ts';

/** Its own prefix, so that an emulator never takes the address of a real cluster from the environment. */
export const emulatorPrefix = 'QWARDEN_EMULATOR_';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, emulatorOptions);
  command.addHelpText('after', notes);
  command.action(async () => {
    const settings = await resolve({ table: emulatorOptions, flags, environment: process.env, prefix: emulatorPrefix });
    const { runEmulator } = await import('./emulator.ts');
    outcome.exitCode = await runEmulator(settings.values);
  });
}

const notes = `
Everything is in memory and gone when it ends. The tree starts with "/" alone. The environment variables of these options
begin with QWARDEN_EMULATOR_. Runs until SIGINT or SIGTERM.`;
