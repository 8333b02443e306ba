import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { locksCoverageOptions, locksListOptions, locksVerifyOptions } from '../../options/table/locks.ts';
import { withMonitorConfig } from '../monitor/config-file.ts';
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
    outcome.exitCode = await listLocks(settings, format);
  });

  const verify = command
    .command('verify')
    .description('Ask the cluster about every file of the ledger, and look for files that should be in it');
  const verifyFlags = declareFlags(verify, locksVerifyOptions);
  verify.addHelpText('after', verifyNotes).action(async () => {
    const environment = withMonitorConfig(verifyFlags.has('configFile'), process.env);
    const settings = await resolve({ table: locksVerifyOptions, flags: verifyFlags, environment });
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

  const coverage = command.command('coverage').description('What was watched when, and what closed each gap between');
  const coverageFlags = declareFlags(coverage, locksCoverageOptions);
  coverage.addHelpText('after', coverageNotes).action(async () => {
    const settings = await resolve({ table: locksCoverageOptions, flags: coverageFlags, environment: process.env });
    const { showCoverage } = await import('./coverage.ts');
    outcome.exitCode = await showCoverage(settings, chosenFormat(settings.values));
  });
}

const listNotes = `
Reads the ledgers that "qwarden filelock" and "qwarden monitor" (for rules with a lock step) keep, also while they run; without
--state-dir and --store all ledgers of this user. Without a filter: every file that is locked, pending or failed. A file that is
locked and of which something is still to be done is listed twice.

Exit codes:
  0  listed    1  the ledger cannot be read    2  the command line must be corrected

Examples:
  qwarden locks list --path /records/2031 --until 30d      retention ends within 30 days
  qwarden locks list --failed
  qwarden locks list --store redis://queue:6379 --csv > locks.csv`;

const verifyNotes = `
Asks the cluster for the retention lock of every file of the ledger. Then it walks the watched directories for files that the
policy, or a rule with a lock step, covers and the ledger does not know. A walk does not tell what a file was like before: files
that were created before a rule was in force, and rules that ask for more than a look at the file can tell (a change other than
its creation, counts, tags), are left out, and how many these are is said. Names and attributes are taken as they are now.

Prints the files for which cluster and ledger (or policy) differ, and reports the number of all on stderr.

Exit codes:
  0  they agree    1  it could not be found out    2  the command line or the configuration must be corrected
  3  they differ`;

const coverageNotes = `
Each line is one unbroken connection of a watch. While the gap before one is OPEN, changes from that time may not have been seen.

Exit codes:
  0  listed    1  the record cannot be read    2  the command line must be corrected`;
