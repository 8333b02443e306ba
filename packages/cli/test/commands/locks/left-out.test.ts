import type { Ledger, LedgerWatch, LockRule } from '@qwarden/engine';
import { expect, test } from 'vitest';
import { LeftOutCounts } from '../../../src/commands/locks/left-out.ts';

const watch: LedgerWatch = {
  directoryId: '2',
  path: '/watched',
  recursive: true,
  since: '2026-01-01T00:00:00Z',
  why: 'monitor',
  baselineDone: true,
  exact: true,
  epochs: 1,
  lastEpoch: null,
};
const ledger = (rules: readonly Pick<LockRule, 'enabled'>[]) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these are asked
  ({
    rules: () => Promise.resolve(rules),
    watches: () => Promise.resolve([watch]),
  }) as unknown as Ledger;

test('says how many files a comparison could not judge, and why', async () => {
  const counts = new LeftOutCounts();
  expect(counts.lines()).toEqual([]);
  for (const why of ['before', 'before', 'undecidable'] as const) counts.add(why);
  await counts.lookedAt(ledger([{ enabled: true }]), undefined);
  expect(counts.lines()).toEqual([
    expect.stringMatching(/^Not checked: 2 files .* created before/),
    expect.stringMatching(/^Not checked: 1 file .* does not tell/),
  ]);
});

test('says where nothing was looked for, since no rule is known', async () => {
  const counts = new LeftOutCounts();
  await counts.lookedAt(ledger([{ enabled: false }]), undefined);
  expect(counts.lines()).toEqual([expect.stringMatching(/^Not looked for: files below \/watched .*--rules/)]);
});
