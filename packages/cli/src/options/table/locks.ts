import { check, type OptionTable } from '../definition.ts';
import { clusterOptions } from './cluster.ts';
import { stateDirOption } from './filelock.ts';
import { lookStoreOption } from './look.ts';
import { actionsOption, rulesOption } from './monitor.ts';
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
    description: 'Only files below this path, or matching it as a glob',
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

/** Where ledgers are: of `filelock`, and of the monitor. */
const ledgerOptions = {
  stateDir: { ...stateDirOption.stateDir, defaultText: 'all below ~/.local/state/qwarden/filelock' },
  store: { ...lookStoreOption.store, description: 'Where the ledger of the monitor is' },
} as const satisfies OptionTable;

/** `qwarden locks list` needs no cluster: it reads the ledger. */
export const locksListOptions = {
  ...filterOptions,
  ...ledgerOptions,
  ...formatOptions,
} as const satisfies OptionTable;

/** `qwarden locks coverage` reads what was watched, and when. */
export const locksCoverageOptions = { ...ledgerOptions, ...formatOptions } as const satisfies OptionTable;

/** `qwarden locks verify` asks the cluster about every file of the ledger. */
export const locksVerifyOptions = {
  all: { ...flag, description: 'Print the files that agree as well' },
  rules: {
    kind: 'text',
    group: 'Listing',
    flagOnly: true,
    placeholder: 'FILE',
    schema: rulesOption.rules.schema,
    defaultText: 'the rules that were in force last',
    description: 'Rule file: files that its rules with a lock step cover must have a retention lock',
  },
  actions: { ...actionsOption.actions, group: 'Listing', flagOnly: true },
  maxConcurrency: {
    kind: 'integer',
    group: 'Running',
    placeholder: 'N',
    default: 32,
    schema: check((z) => z.int().min(1, 'must be 1 or more').max(4_096, 'must be 4096 or less')),
    description: 'Calls in flight',
  },
  ...ledgerOptions,
  ...formatOptions,
  ...showConfigOptions,
  ...clusterOptions,
} as const satisfies OptionTable;
