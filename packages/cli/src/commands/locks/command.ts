import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { locksListOptions, locksVerifyOptions } from '../../options/table/locks.ts';
import type { Outcome } from '../outcome.ts';
import { writeTo } from '../../process/streams.ts';
import { chosenFormat } from '../../output/format.ts';

export function configure(command: Command, outcome: Outcome): void {
  const list = command.command('list').description('Which files are locked, until when, and why');
  const listFlags = declareFlags(list, locksListOptions);
  list.addHelpText('after', listNotes).action(async () => {
    const settings = await resolve({ table: locksListOptions, flags: listFlags, environment: process.env });
    const format = chosenFormat(settings.values);
    const { listLocks } = await import('./list.ts');
    outcome.exitCode = await listLocks(settings.values, format);
  });

  const verify = command
    .command('verify')
    .description('Ask the cluster about every file of the ledger; exit code 3 when they differ');
  const verifyFlags = declareFlags(verify, locksVerifyOptions);
  verify.addHelpText('after', verifyNotes).action(async () => {
    const settings = await resolve({ table: locksVerifyOptions, flags: verifyFlags, environment: process.env });
    for (const warning of settings.warnings) writeTo(process.stderr, `qwarden: warning: ${warning}\n`);
    const format = chosenFormat(settings.values);
    if (settings.values.showConfig) {
      const { printSettings } = await import('../../output/settings.ts');
      printSettings(locksVerifyOptions, settings, format);
      return;
    }
    const { verifyLocks } = await import('./verify.ts');
    outcome.exitCode = await verifyLocks(settings, format);
  });
}

const listNotes = `
Reads the ledger that "qwarden filelock" keeps, also while it runs; without --state-dir all ledgers of this user. Without a
filter: every file that is locked, pending or failed.

Exit codes:
  0  listed    1  the ledger cannot be read    2  the command line must be corrected

Examples:
  qwarden locks list --path /records/2031 --until 30d      retention ends within 30 days
  qwarden locks list --failed
  qwarden locks list --csv > locks.csv`;

const verifyNotes = `
Prints the files for which cluster and ledger (or policy) differ, and reports the number of all on stderr.

Exit codes:
  0  they agree    1  it could not be found out    2  the command line or the configuration must be corrected
  3  they differ`;
