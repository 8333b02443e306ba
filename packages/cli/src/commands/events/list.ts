import { ExitCode } from '../../errors/cli-error.ts';
import { withStores } from '../../look/stores.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { eventsExportOptions, eventsListOptions } from '../../options/table/events.ts';
import type { Format } from '../../output/format.ts';
import { jsonOf, print, renderRows } from '../../output/print.ts';
import { eventShape } from './rows.ts';
import { eventFilter, selectEvents } from './select.ts';

/** `qwarden events list`. */
export async function listEvents(values: ValuesOf<typeof eventsListOptions>, format: Format): Promise<ExitCode> {
  const filter = eventFilter(values, Date.now());
  await withStores(values.store, (stores) => print(renderRows(selectEvents(stores, filter), eventShape, format)));
  return ExitCode.ok;
}

/** `qwarden events export`: a line of JSON for each. */
export async function exportEvents(values: ValuesOf<typeof eventsExportOptions>): Promise<ExitCode> {
  const filter = eventFilter(values, Date.now());
  await withStores(values.store, async (stores) => {
    async function* lines() {
      for await (const event of selectEvents(stores, filter)) yield `${jsonOf(event, eventShape)}\n`;
    }
    await print(lines());
  });
  return ExitCode.ok;
}
