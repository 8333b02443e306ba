import { ExitCode } from '../../errors/cli-error.ts';
import { withStores } from '../../look/stores.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows, type RowShape } from '../../output/print.ts';
import type { LocatedJob } from './rows.ts';
import { type JobsWanted, selectJobs } from './select.ts';

/** `qwarden jobs list`, `qwarden dead list`. */
export async function listJobs(
  values: JobsWanted & { readonly store?: string | undefined },
  shape: RowShape<LocatedJob>,
  format: Format,
): Promise<ExitCode> {
  await withStores(values.store, (stores) => print(renderRows(selectJobs(stores, values), shape, format)));
  return ExitCode.ok;
}
