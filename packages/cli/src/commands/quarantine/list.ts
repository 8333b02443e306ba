import { listQuarantine, type QuarantineEntry } from '@qwarden/engine';
import { connect } from '../../connect/connect.ts';
import { ExitCode } from '../../errors/cli-error.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { quarantineListOptions } from '../../options/table/quarantine.ts';
import { writeTo } from '../../process/streams.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { entryShape } from './rows.ts';

/** `qwarden quarantine list`. */
export async function listQuarantined(
  settings: Resolved<typeof quarantineListOptions>,
  format: Format,
): Promise<number> {
  const { quarantine } = settings.values;
  const { client } = await connect(settings);
  try {
    const entries: QuarantineEntry[] = [];
    for await (const entry of listQuarantine(client, quarantine)) entries.push(entry);
    if (entries.length > 0 || format !== 'table') await print(renderRows(entries, entryShape, format));
    else writeTo(process.stderr, `Nothing is in quarantine at ${quarantine}.\n`);
    return ExitCode.ok;
  } finally {
    await client.close();
  }
}
