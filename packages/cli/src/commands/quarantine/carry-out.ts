import { QuarantineError, type QuarantineEntry } from '@qwarden/engine';
import { QumuloApiError } from '@qwarden/qumulo-client';
import { ExitCode } from '../../errors/cli-error.ts';
import { writeTo } from '../../process/streams.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { type DoneRow, doneShape } from './rows.ts';

/** One entry after another; what is refused is told in its row and keeps none of the others. */
export async function carryOut(
  entries: readonly QuarantineEntry[],
  format: Format,
  work: (entry: QuarantineEntry) => Promise<Pick<DoneRow, 'verdict' | 'message'>>,
): Promise<number> {
  const rows: DoneRow[] = [];
  for (const entry of entries) {
    try {
      rows.push({ entry, ...(await work(entry)) });
    } catch (error) {
      if (!(error instanceof QuarantineError) && !(error instanceof QumuloApiError)) throw error;
      rows.push({ entry, verdict: 'failed', message: error.message });
    }
  }
  if (rows.length > 0 || format !== 'table') await print(renderRows(rows, doneShape, format));
  else writeTo(process.stderr, 'Nothing in quarantine is meant by that.\n');
  return rows.some(({ verdict }) => verdict === 'failed') ? ExitCode.incomplete : ExitCode.ok;
}
