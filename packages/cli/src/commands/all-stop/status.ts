import { ExitCode } from '../../errors/cli-error.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { allStopStatusOptions } from '../../options/table/all-stop.ts';
import { writeTo } from '../../process/streams.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { type StatusRow, statusShape } from './rows.ts';
import { cannotTell, type StopStore, type Unreadable, warnOfUnreadable, withStopStores } from './stores.ts';

/** `qwarden all-stop status`. */
export async function showStops(values: ValuesOf<typeof allStopStatusOptions>, format: Format): Promise<number> {
  return await withStopStores(values.store, (stores) => show(stores, values.all, format));
}

async function show(stores: readonly StopStore[], all: boolean, format: Format): Promise<number> {
  const rows: StatusRow[] = [];
  const unreadable: Unreadable[number][] = [];
  for (const { place, records } of stores) {
    const kept = await records.list();
    warnOfUnreadable(kept.unreadable);
    unreadable.push(...kept.unreadable);
    for (const record of kept.records.filter(({ state }) => all || state !== 'over')) {
      if (record.parts.length === 0) rows.push({ record, part: undefined, stateDir: place });
      for (const part of record.parts) rows.push({ record, part, stateDir: place });
    }
  }
  if (rows.length > 0 || format !== 'table') await print(renderRows(rows, statusShape, format));
  else if (unreadable.length === 0) writeTo(process.stderr, 'No stop stands.\n');
  if (unreadable.length > 0) throw cannotTell(unreadable);
  return ExitCode.ok;
}
