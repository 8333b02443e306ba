import {
  type Ledger,
  type LedgerQuery,
  type LedgerState,
  openLedger,
  parseRetention,
  retentionEnd,
  RetentionError,
} from '@qwarden/engine';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { locksListOptions } from '../../options/table/locks.ts';
import { writeTo } from '../../process/streams.ts';
import { stateDirsToRead, stateRoot } from '../filelock/state-dir.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { ledgerShape, type LocatedRow } from './rows.ts';

type ListValues = ValuesOf<typeof locksListOptions>;

/** `qwarden locks list`. */
export async function listLocks(values: ListValues, format: Format): Promise<number> {
  const query = queryOf(values);
  const ledgers: { ledger: Ledger; stateDir: string }[] = [];
  try {
    const stateDirs = stateDirsToRead(process.env, values.stateDir);
    for (const stateDir of stateDirs) ledgers.push({ ledger: await openLedger(stateDir), stateDir });
    if (stateDirs.length === 0) {
      writeTo(process.stderr, `No ledger yet below ${stateRoot(process.env)}. Name another place with --state-dir.\n`);
    }
    await print(renderRows(rowsOf(ledgers, query), ledgerShape, format));
  } finally {
    for (const { ledger } of ledgers) ledger.close();
  }
  return ExitCode.ok;
}

function* rowsOf(ledgers: readonly { ledger: Ledger; stateDir: string }[], query: LedgerQuery): Generator<LocatedRow> {
  for (const { ledger, stateDir } of ledgers) {
    for (const row of ledger.list(query)) yield { row, stateDir };
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
