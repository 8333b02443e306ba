import { check, type OptionTable } from '../definition.ts';
import { clusterOptions } from './cluster.ts';
import { stateDirOption } from './filelock.ts';
import { formatOptions, showConfigOptions } from './output.ts';

/** A boolean that only the command line can set. */
export const flag = {
  kind: 'boolean',
  group: 'Listing',
  flagOnly: true,
  default: false,
  schema: check((z) => z.boolean()),
} as const satisfies Partial<OptionTable[string]>;

const filterOptions = {
  path: {
    kind: 'text',
    group: 'Listing',
    flagOnly: true,
    placeholder: 'PATH|GLOB',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: 'Only files below this path, or matching this glob',
  },
  until: {
    kind: 'text',
    group: 'Listing',
    flagOnly: true,
    placeholder: 'DATE',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: 'Only files whose retention ends before this date or time (2031-12-31, 2031-12-31T12:00:00Z)',
  },
  locked: { ...flag, description: 'Only files under a retention lock' },
  held: { ...flag, description: 'Only files on legal hold' },
  pending: { ...flag, description: 'Only files that are still to be locked' },
  failed: { ...flag, description: 'Only files that could not be locked' },
  skipped: { ...flag, description: 'Only files that the filters left alone' },
  existing: { ...flag, description: 'Only files that were there before the watch began' },
} as const satisfies OptionTable;

/** `qwarden locks list` needs no cluster: it reads the ledger. */
export const locksListOptions = {
  ...filterOptions,
  ...stateDirOption,
  ...formatOptions,
} as const satisfies OptionTable;

/** `qwarden locks verify` asks the cluster about every file of the ledger. */
export const locksVerifyOptions = {
  all: { ...flag, description: 'Print the files that agree as well' },
  maxConcurrency: {
    kind: 'integer',
    group: 'Running',
    placeholder: 'N',
    default: 32,
    schema: check((z) => z.int().min(1, 'must be 1 or more').max(4_096, 'must be 4096 or less')),
    description: 'Calls in flight',
  },
  ...stateDirOption,
  ...formatOptions,
  ...showConfigOptions,
  ...clusterOptions,
} as const satisfies OptionTable;
