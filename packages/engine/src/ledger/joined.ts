import { noCounts } from './query.ts';
import type { Ledger, LedgerQuery, LedgerRow, LedgerState } from './types.ts';

/** Several ledgers of one store as one. */
export function joinedLedger(ledgers: readonly Ledger[]): Ledger {
  return {
    clusterId: ledgers.find(({ clusterId }) => clusterId !== null)?.clusterId ?? null,
    async *list(query: LedgerQuery = {}): AsyncGenerator<LedgerRow> {
      let left = query.limit ?? Number.POSITIVE_INFINITY;
      for (const ledger of ledgers) {
        if (left <= 0) return;
        for await (const row of ledger.list({ ...query, limit: left })) {
          left -= 1;
          yield row;
        }
      }
    },
    async counts() {
      const sum = noCounts();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets which keys there are
      const states = Object.keys(sum) as LedgerState[];
      for (const ledger of ledgers) {
        const counts = await ledger.counts();
        for (const state of states) sum[state] += counts[state];
      }
      return sum;
    },
    watches: async () => (await Promise.all(ledgers.map((ledger) => ledger.watches()))).flat(),
    async *coverage() {
      for (const ledger of ledgers) yield* ledger.coverage();
    },
    find: async (fileId) => (await Promise.all(ledgers.map((ledger) => ledger.find(fileId)))).flat(),
    rules: async () => (await Promise.all(ledgers.map((ledger) => ledger.rules()))).flat(),
    async close() {
      for (const ledger of ledgers) await ledger.close();
    },
  };
}
