import { restoreQuarantined } from '@qwarden/engine';
import { connect } from '../../connect/connect.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { quarantineRestoreOptions } from '../../options/table/quarantine.ts';
import type { Format } from '../../output/format.ts';
import { carryOut } from './carry-out.ts';
import { checkChoice, chooseEntries } from './choose.ts';

/** `qwarden quarantine restore`. */
export async function restoreFiles(
  settings: Resolved<typeof quarantineRestoreOptions>,
  which: readonly string[],
  format: Format,
): Promise<number> {
  const { quarantine, to, overwrite, dryRun, all, olderThan } = settings.values;
  checkChoice({ which, all, olderThan });
  const { client } = await connect(settings);
  try {
    const entries = await chooseEntries(client, quarantine, { which, all, olderThan }, Date.now());
    if (to !== undefined && !to.endsWith('/') && entries.length > 1)
      throw new CliError('usage', `${entries.length} files cannot all be put at ${to}.`, {
        remedy: 'End it with a slash if it is a directory.',
      });
    return await carryOut(entries, format, async (entry) => {
      if (dryRun && entry.problem !== undefined) return { verdict: 'failed', message: entry.problem };
      if (dryRun) return { verdict: 'would-restore', message: `to ${to ?? entry.manifest?.path ?? '-'}` };
      return { verdict: 'restored', message: `to ${await restoreQuarantined(client, entry, { to, overwrite })}` };
    });
  } finally {
    await client.close();
  }
}
