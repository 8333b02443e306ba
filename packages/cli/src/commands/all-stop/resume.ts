import { type ResumeReport, resumeStops, scopeName, type StopRecords } from '@qwarden/engine';
import type { QumuloClient } from '@qwarden/qumulo-client';
import { addressOf } from '../../connect/cluster-settings.ts';
import { connect } from '../../connect/connect.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { allStopResumeOptions } from '../../options/table/all-stop.ts';
import { canAsk } from '../../output/terminal.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { writeTo } from '../../process/streams.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { type ResumeRow, resumeShape } from './rows.ts';
import { cannotTell, warnOfUnreadable, withStopStores } from './stores.ts';

type ResumeSettings = Resolved<typeof allStopResumeOptions>;

/** `qwarden all-stop resume`. */
export async function resumeAllStop(settings: ResumeSettings, format: Format): Promise<number> {
  const { values } = settings;
  if (values.force && values.keepChanged)
    throw new CliError('usage', '--force and --keep-changed contradict each other.', { remedy: 'Give one of them.' });
  return await withStopStores(values.store, (stores) =>
    resumeFrom(
      stores.map(({ records }) => records),
      settings,
      format,
    ),
  );
}

async function resumeFrom(stores: readonly StopRecords[], settings: ResumeSettings, format: Format): Promise<number> {
  const { values } = settings;
  const { client, settings: cluster } = await connect(settings);
  const stop = stopOnSignals(() => undefined);
  try {
    const ask = { client, stores, settings, signal: stop.signal };
    const seen = await resumeAll({ ...ask, dryRun: true });
    warnOfUnreadable(seen.unreadable);
    for (const record of seen.elsewhere)
      writeTo(process.stderr, `Left out: the stop ${record.id} stands on ${oneLine(record.cluster)}.\n`);
    if (seen.stops.length === 0) return await nothing(values.stop, addressOf(cluster), seen, format);
    if (values.dryRun) {
      await print(renderRows(rowsOf(seen), resumeShape, format));
      return isIncomplete(seen) ? ExitCode.incomplete : ExitCode.ok;
    }
    if (!values.yes && canAsk()) await confirm(seen, addressOf(cluster));
    const report = await resumeAll({ ...ask, dryRun: false });
    await print(renderRows(rowsOf(report), resumeShape, format));
    return conclude(report);
  } finally {
    stop.release();
    await client.close();
  }
}

interface Question {
  readonly client: QumuloClient;
  readonly stores: readonly StopRecords[];
  readonly settings: ResumeSettings;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
}

async function resumeAll({ client, stores, settings, signal, dryRun }: Question): Promise<ResumeReport> {
  const { stop, force, keepChanged } = settings.values;
  const changed = force ? 'restore' : keepChanged ? 'keep' : 'refuse';
  const reports: ResumeReport[] = [];
  for (const records of stores)
    reports.push(await resumeStops(client, records, { stop, changed, dryRun, now: Date.now, signal }));
  return {
    stops: reports.flatMap(({ stops }) => stops),
    elsewhere: reports.flatMap(({ elsewhere }) => elsewhere),
    unreadable: reports.flatMap(({ unreadable }) => unreadable),
  };
}

function rowsOf({ stops }: ResumeReport): ResumeRow[] {
  return stops.flatMap(({ record, parts }) => parts.map((result) => ({ record, result })));
}

async function nothing(
  stop: string | undefined,
  address: string,
  { unreadable }: ResumeReport,
  format: Format,
): Promise<number> {
  if (unreadable.length > 0) throw cannotTell(unreadable);
  if (stop !== undefined) {
    throw new CliError('failed', `No stop ${stop} stands on ${address}.`, {
      remedy: '"qwarden all-stop status --all" lists all of them.',
    });
  }
  if (format !== 'table') await print(renderRows([], resumeShape, format));
  writeTo(process.stderr, `Nothing is stopped on ${address}.\n`);
  return ExitCode.ok;
}

async function confirm(seen: ResumeReport, address: string): Promise<void> {
  for await (const line of renderRows(rowsOf(seen), resumeShape, 'table')) writeTo(process.stderr, line);
  const what = seen.stops.map(({ record }) => scopeName(record.scope)).join(', ');
  const { confirm: asked } = await import('@inquirer/prompts');
  const message = `Clients of ${address} will be able to write again (${oneLine(what)}). Go on?`;
  if (!(await asked({ message, default: false }, { output: process.stderr })))
    throw new CliError('failed', 'Nothing was restored.', { remedy: 'With --dry-run it only says what it would do.' });
}

/** What a dry run would leave as it is. */
function isIncomplete({ stops, unreadable }: ResumeReport): boolean {
  const verdicts = stops.flatMap(({ parts }) => parts.map(({ verdict }) => verdict));
  return unreadable.length > 0 || verdicts.some((verdict) => verdict === 'changed' || verdict === 'failed');
}

function conclude({ stops, unreadable }: ResumeReport): number {
  for (const { record, over } of stops) {
    const text = over
      ? `The stop ${record.id} is over.`
      : `The stop ${record.id} STANDS: something is not restored. --force restores what was changed since, --keep-changed leaves it.`;
    writeTo(process.stderr, `${text}\n`);
  }
  return stops.every(({ over }) => over) && unreadable.length === 0 ? ExitCode.ok : ExitCode.incomplete;
}
