import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { allStopResumeOptions, allStopStatusOptions } from '../../options/table/all-stop.ts';
import { writeTo } from '../../process/streams.ts';
import { chosenFormat } from '../../output/format.ts';
import { withOtherConfig } from '../monitor/config-file.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const status = command.command('status').description('Which stops stand, what fired them, and what they stopped');
  const statusFlags = declareFlags(status, allStopStatusOptions);
  status.addHelpText('after', statusNotes).action(async () => {
    const settings = await resolve({ table: allStopStatusOptions, flags: statusFlags, environment: process.env });
    const format = chosenFormat(settings.values);
    const { showStops } = await import('./status.ts');
    outcome.exitCode = await showStops(settings.values, format);
  });

  const resume = command
    .command('resume')
    .description('Make everything as it was before the stop; exit code 3 when something could not be');
  const resumeFlags = declareFlags(resume, allStopResumeOptions);
  resume.addHelpText('after', resumeNotes).action(async () => {
    const environment = withOtherConfig(resumeFlags.has('configFile'), process.env);
    const settings = await resolve({ table: allStopResumeOptions, flags: resumeFlags, environment });
    for (const warning of settings.warnings) writeTo(process.stderr, `qwarden: warning: ${warning}\n`);
    const format = chosenFormat(settings.values);
    if (settings.values.showConfig) {
      const { printSettings } = await import('../../output/settings.ts');
      printSettings(allStopResumeOptions, settings, format);
      return;
    }
    const { resumeAllStop } = await import('./resume.ts');
    outcome.exitCode = await resumeAllStop(settings, format);
  });
}

const statusNotes = `
Reads what the action all-stop of "qwarden monitor" keeps, also while the monitor runs; without --store of all monitors of this user.

Exit codes:
  0  told    1  it cannot be told: something cannot be read    2  the command line must be corrected`;

const resumeNotes = `
Restores exactly what the stop changed: services of tenants, restrictions of NFS exports, host permissions of SMB shares, S3 and FTP.
What somebody else has changed since is left as it is and told, and the stop stands until --force or --keep-changed decides.
On a terminal it asks first. As soon as a stop is over, its rule can fire again.

Exit codes:
  0  everything is as it was (or nothing is stopped)    1  it could not be done
  2  the command line or the configuration must be corrected    3  something is not restored: the table tells what and why

Examples:
  qwarden all-stop resume --dry-run
  qwarden all-stop resume --force`;
