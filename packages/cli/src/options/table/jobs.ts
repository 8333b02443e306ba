import { check, type OptionTable } from '../definition.ts';
import { flag, jsonOption, lookStoreOption, pathFilter, ruleFilter } from './look.ts';
import { formatOptions } from './output.ts';

const filters = { ...ruleFilter, ...pathFilter } as const satisfies OptionTable;

export const jobsListOptions = {
  ...filters,
  state: {
    kind: 'list',
    group: 'Listing',
    flagOnly: true,
    placeholder: 'STATE',
    default: [],
    schema: check((z) =>
      z.array(
        z.enum(
          ['waiting', 'running', 'dead', 'parked'],
          'must be waiting, running, dead (out of tries) or parked (held back)',
        ),
      ),
    ),
    description: 'Only jobs in this state: waiting, running, dead (out of tries), parked (held back). Repeatable',
  },
  ...lookStoreOption,
  ...formatOptions,
} as const satisfies OptionTable;

export const jobsShowOptions = { ...lookStoreOption, ...jsonOption } as const satisfies OptionTable;

/** Which jobs to change, beside those that are named. */
export const jobsChangeOptions = {
  ...filters,
  all: { ...flag, description: 'All that it can be done to' },
  ...lookStoreOption,
} as const satisfies OptionTable;

export const deadListOptions = { ...filters, ...lookStoreOption, ...formatOptions } as const satisfies OptionTable;

export const deadDiscardOptions = {
  ...jobsChangeOptions,
  yes: { ...flag, group: 'Running' as const, description: 'Do not ask' },
} as const satisfies OptionTable;
