import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { healthOptions } from '../../options/table/health.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const flags = declareFlags(command, healthOptions);
  command.addHelpText('after', notes).action(async () => {
    const { values } = await resolve({ table: healthOptions, flags, environment: process.env });
    const { askHealth } = await import('./ask.ts');
    outcome.exitCode = await askHealth(values);
  });
}

const notes = `
In a container that has QWARDEN_LISTEN, "qwarden health" alone is enough.

Exit codes:
  0  it does its work    1  it does not, or does not answer    2  the command line must be corrected

Examples:
  qwarden health --url http://127.0.0.1:9464
  qwarden health --listen 9464 --live`;
