import { type LedgerQuery, type LedgerState, parseRetention, retentionEnd, RetentionError } from '@qwarden/engine';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { locksListOptions } from '../../options/table/locks.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { type OpenLedger, withLedgers } from './ledgers.ts';
import { ledgerShape, type LocatedRow } from './rows.ts';

type ListValues = ValuesOf<typeof locksListOptions>;

/** `qwarden locks list`. */
export async function listLocks(settings: Resolved<typeof locksListOptions>, format: Format): Promise<number> {
  const query = queryOf(settings.values);
  await withLedgers(settings, (ledgers) => print(renderRows(rowsOf(ledgers, query), ledgerShape, format)));
  return ExitCode.ok;
}

async function* rowsOf(ledgers: readonly OpenLedger[], query: LedgerQuery): AsyncGenerator<LocatedRow> {
  for (const { ledger, stateDir } of ledgers) {
    for await (const row of ledger.list(query)) yield { row, stateDir };
  }
}

/** The filters; `--until` is a date, or a period from now (`30d`). */
function queryOf(values: ListValues, nowMs: number = Date.now()): LedgerQuery {
  const states: LedgerState[] = [];
  if (values.locked) states.push('locked', 'already-locked');
  if (values.pending) states.push('pending');
  if (values.failed) states.push('failed');
  if (values.skipped) states.push('skipped');
  if (values.existing) states.push('existing');
  return {
    ...(values.path !== undefined && { path: values.path }),
    ...(values.until !== undefined && { until: untilOf(values.until, nowMs) }),
    ...(values.held && { held: true }),
    ...(states.length > 0 && { states }),
  };
}

function untilOf(text: string, nowMs: number): string {
  try {
    return retentionEnd(parseRetention(text), nowMs);
  } catch (error) {
    if (!(error instanceof RetentionError)) throw error;
    throw new CliError(
      'usage',
      `--until: ${JSON.stringify(text)} is neither a date, nor a time, nor a period from now.`,
      {
        remedy: 'For example 2031-12-31, 2031-12-31T12:00:00Z or 30d.',
        cause: error,
      },
    );
  }
}
