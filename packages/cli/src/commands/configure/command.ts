import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { configureOptions } from '../../options/table/configure.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, configureOptions);
  command.addHelpText('after', notes);
  command.action(async () => {
    const settings = await resolve({
      table: configureOptions,
      flags,
      environment: process.env,
      fileMayBeMissing: true,
    });
    const { configureFile } = await import('./configure.ts');
    outcome.exitCode = await configureFile(settings, { flags, test: settings.values.test, yes: settings.values.yes });
  });
}

const notes = `
On a terminal it asks for what is not given by a flag. Without one everything comes from flags, variables and the file that
is there already. Comments and unknown keys of that file are kept; it gets mode 0600.

Examples:
  qwarden configure
  qwarden configure --host qumulo.example.com --username svc-qwarden --password-file /run/secrets/pw \\
      --tls-fingerprint AA:BB:…`;
