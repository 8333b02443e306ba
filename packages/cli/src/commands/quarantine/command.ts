import type { Command } from 'commander';
import type { OptionTable } from '../../options/definition.ts';
import { declareFlags } from '../../options/flag-source.ts';
import { type Resolved, resolve } from '../../options/resolve.ts';
import {
  quarantineListOptions,
  quarantinePurgeOptions,
  quarantineRestoreOptions,
} from '../../options/table/quarantine.ts';
import { writeTo } from '../../process/streams.ts';
import { chosenFormat, type Format } from '../../output/format.ts';
import { withOtherConfig } from '../monitor/config-file.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const list = command.command('list').description('What is in quarantine, since when, why, and where it came from');
  list.addHelpText('after', listNotes);
  add(list, quarantineListOptions, outcome, async (settings, format) => {
    const { listQuarantined } = await import('./list.ts');
    return await listQuarantined(settings, format);
  });

  const restore = command
    .command('restore')
    .argument('[which...]', WHICH)
    .description('Put files back where they came from, with owner, permissions and times');
  restore.addHelpText('after', restoreNotes);
  add(restore, quarantineRestoreOptions, outcome, async (settings, format) => {
    const { restoreFiles } = await import('./restore.ts');
    return await restoreFiles(settings, restore.args, format);
  });

  const purge = command
    .command('purge')
    .argument('[which...]', WHICH)
    .description('Delete files that are in quarantine, for good');
  purge.addHelpText('after', purgeNotes);
  add(purge, quarantinePurgeOptions, outcome, async (settings, format) => {
    const { purgeFiles } = await import('./purge.ts');
    return await purgeFiles(settings, purge.args, format);
  });
}

const WHICH = 'entries (first column of the list), ids of files, or paths where they came from';

interface CommonValues {
  format: Format;
  json: boolean;
  csv: boolean;
  showConfig: boolean;
}

function add<const T extends OptionTable>(
  command: Command,
  table: T,
  outcome: Outcome,
  run: (settings: Resolved<T>, format: Format) => Promise<number>,
): void {
  const flags = declareFlags(command, table);
  command.action(async () => {
    const environment = withOtherConfig(flags.has('configFile'), process.env);
    const settings = await resolve({ table, flags, environment });
    for (const warning of settings.warnings) writeTo(process.stderr, `qwarden: warning: ${warning}\n`);
    const values: unknown = settings.values;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every table of this command has these rows
    const common = values as CommonValues;
    const format = chosenFormat(common);
    if (common.showConfig) {
      const { printSettings } = await import('../../output/settings.ts');
      printSettings(table, settings, format);
      return;
    }
    outcome.exitCode = await run(settings, format);
  });
}

const listNotes = `
Exit codes:
  0  listed    1  it could not be found out    2  the command line or the configuration must be corrected

Examples:
  qwarden quarantine list --quarantine /quarantine --json`;

const restoreNotes = `
A rule that took a file takes it again when it comes back into its watch: correct the rule first, or restore to another place.

Exit codes:
  0  restored    1  nothing could be done    2  the command line or the configuration must be corrected
  3  some files could not be restored: the table tells which and why

Examples:
  qwarden quarantine restore 1003045-8c9a013a
  qwarden quarantine restore /in/invoice.exe --to /checked/
  qwarden quarantine restore --all --dry-run`;

const purgeNotes = `
Nothing brings the files back. On a terminal it asks first; elsewhere it needs --yes.

Exit codes:
  0  deleted    1  nothing could be done    2  the command line or the configuration must be corrected
  3  some files could not be deleted: the table tells which and why

Examples:
  qwarden quarantine purge --all --older-than 90d --dry-run
  qwarden quarantine purge 1003045-8c9a013a`;
