import { check, type OptionTable } from '../definition.ts';
import { storeOption } from './monitor.ts';
import { formatOptions } from './output.ts';

/** Rows of these options are flags only: they say what to show now. */
export const flag = {
  kind: 'boolean',
  group: 'Listing',
  flagOnly: true,
  default: false,
  schema: check((z) => z.boolean()),
} as const satisfies Partial<OptionTable[string]>;

/** A text that must not be empty, given as a flag only. */
export const word = {
  kind: 'text',
  group: 'Listing',
  flagOnly: true,
  schema: check((z) => z.string().min(1, 'must not be empty')),
} as const satisfies Partial<OptionTable[string]>;

/** The store to look into; without it all of this user's. */
export const lookStoreOption = {
  store: {
    ...storeOption.store,
    defaultText: 'all below ~/.local/state/qwarden/monitor',
    description: 'Where the events, jobs and traces of the monitor are',
  },
} as const satisfies OptionTable;

export const jsonOption = { json: { ...formatOptions.json, description: 'Print JSON' } } as const satisfies OptionTable;

export const pathFilter = {
  path: {
    ...word,
    placeholder: 'PATH|GLOB',
    description: 'Only what is at or below this path, or matches it as a glob',
  },
} as const satisfies OptionTable;

export const sinceFilter = {
  since: {
    ...word,
    placeholder: 'WHEN',
    description: 'Only what came since then: a time (2031-12-31T12:00:00Z), or how long ago (90s, 15m, 24h, 7d)',
  },
} as const satisfies OptionTable;

export const ruleFilter = {
  rule: { ...word, placeholder: 'NAME', description: 'Only jobs of this rule' },
} as const satisfies OptionTable;
