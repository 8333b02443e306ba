import { purgeQuarantined, type QuarantineEntry } from '@qwarden/engine';
import { addressOf } from '../../connect/cluster-settings.ts';
import { connect } from '../../connect/connect.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { quarantinePurgeOptions } from '../../options/table/quarantine.ts';
import { canAsk } from '../../output/terminal.ts';
import { writeTo } from '../../process/streams.ts';
import type { Format } from '../../output/format.ts';
import { renderRows } from '../../output/print.ts';
import { carryOut } from './carry-out.ts';
import { checkChoice, chooseEntries } from './choose.ts';
import { entryShape } from './rows.ts';

/** `qwarden quarantine purge`. */
export async function purgeFiles(
  settings: Resolved<typeof quarantinePurgeOptions>,
  which: readonly string[],
  format: Format,
): Promise<number> {
  const { quarantine, dryRun, yes, all, olderThan } = settings.values;
  checkChoice({ which, all, olderThan });
  if (!dryRun && !yes && !canAsk())
    throw new CliError('usage', 'Nothing was deleted: nobody can be asked.', {
      remedy: 'Give --yes where there is no terminal.',
    });
  const { client, settings: cluster } = await connect(settings);
  try {
    const entries = await chooseEntries(client, quarantine, { which, all, olderThan }, Date.now());
    if (!dryRun && !yes && entries.length > 0) await confirm(entries, addressOf(cluster));
    return await carryOut(entries, format, async (entry) => {
      const path = entry.manifest?.path ?? entry.cell.directory;
      if (dryRun) return { verdict: 'would-purge', message: path };
      await purgeQuarantined(client, entry);
      return { verdict: 'purged', message: path };
    });
  } finally {
    await client.close();
  }
}

async function confirm(entries: readonly QuarantineEntry[], address: string): Promise<void> {
  for await (const line of renderRows(entries, entryShape, 'table')) writeTo(process.stderr, line);
  const { confirm: asked } = await import('@inquirer/prompts');
  const message = `Delete these ${entries.length} for good from ${address}?`;
  if (!(await asked({ message, default: false }, { output: process.stderr })))
    throw new CliError('failed', 'Nothing was deleted.', { remedy: 'With --dry-run it only says what it would do.' });
}
