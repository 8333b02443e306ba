import { ExitCode } from '../../errors/cli-error.ts';
import type { Format } from '../../output/format.ts';
import { print, renderRows } from '../../output/print.ts';
import { type LedgerSettings, type OpenLedger, withLedgers } from './ledgers.ts';
import { coverageShape, type LocatedEpoch } from './rows.ts';

/** `qwarden locks coverage`. */
export async function showCoverage(settings: LedgerSettings, format: Format): Promise<number> {
  await withLedgers(settings, (ledgers) => print(renderRows(epochsOf(ledgers), coverageShape, format)));
  return ExitCode.ok;
}

async function* epochsOf(ledgers: readonly OpenLedger[]): AsyncGenerator<LocatedEpoch> {
  for (const { ledger, stateDir } of ledgers) {
    for await (const epoch of ledger.coverage()) yield { epoch, stateDir };
  }
}
