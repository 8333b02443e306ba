import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { eventsExportOptions, eventsListOptions, eventsTailOptions } from '../../options/table/events.ts';
import { chosenFormat } from '../../output/format.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const tail = command.command('tail').description('Print changes as they are recorded, until Ctrl-C');
  const tailFlags = declareFlags(tail, eventsTailOptions);
  tail.action(async () => {
    const { values } = await resolve({ table: eventsTailOptions, flags: tailFlags, environment: process.env });
    const { tailEvents } = await import('./tail.ts');
    outcome.exitCode = await tailEvents(values);
  });

  const list = command.command('list').description('The changes that the monitor has recorded, oldest first');
  const listFlags = declareFlags(list, eventsListOptions);
  list.addHelpText('after', notes).action(async () => {
    const { values } = await resolve({ table: eventsListOptions, flags: listFlags, environment: process.env });
    const { listEvents } = await import('./list.ts');
    outcome.exitCode = await listEvents(values, chosenFormat(values));
  });

  const exporting = command.command('export').description('The same as lines of JSON, for other programs');
  const exportFlags = declareFlags(exporting, eventsExportOptions);
  exporting.action(async () => {
    const { values } = await resolve({ table: eventsExportOptions, flags: exportFlags, environment: process.env });
    const { exportEvents } = await import('./list.ts');
    outcome.exitCode = await exportEvents(values);
  });
}

const notes = `
Reads the log of "qwarden monitor", also while it runs. It holds what came in the last 7 days. The halves of a rename are one change.

Exit codes:
  0  printed    1  the log cannot be read    2  the command line must be corrected

Examples:
  qwarden events list --since 1h --type removed
  qwarden events tail --path /records
  qwarden events export --since 24h > events.jsonl`;
