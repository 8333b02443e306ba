import { check, type OptionTable } from '../definition.ts';
import { runOptions } from './filelock.ts';
import { flag } from './locks.ts';
import { monitorClusterOptions } from './monitor.ts';
import { formatOptions, showConfigOptions } from './output.ts';

const placeOption = {
  quarantine: {
    kind: 'text',
    group: 'Quarantine',
    placeholder: 'PATH',
    default: '/quarantine',
    schema: check((z) => z.string().startsWith('/', 'must be an absolute path on the cluster, starting with /')),
    description: 'Directory of the quarantine on the cluster, as a rule has it in "to"',
  },
} as const satisfies OptionTable;

const commonOptions = {
  ...formatOptions,
  ...showConfigOptions,
  ...monitorClusterOptions,
} as const satisfies OptionTable;

const choiceOptions = {
  all: { ...flag, group: 'Quarantine', description: 'Everything that is there, in place of names' },
  olderThan: {
    kind: 'text',
    group: 'Quarantine',
    flagOnly: true,
    placeholder: 'DURATION',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: 'Of these only what has been there for so long (30d, 12h)',
  },
} as const satisfies OptionTable;

export const quarantineListOptions = { ...placeOption, ...commonOptions } as const satisfies OptionTable;

export const quarantineRestoreOptions = {
  ...placeOption,
  ...choiceOptions,
  to: {
    kind: 'text',
    group: 'Quarantine',
    flagOnly: true,
    placeholder: 'PATH',
    schema: check((z) => z.string().startsWith('/', 'must be an absolute path on the cluster, starting with /')),
    description: 'Put it there; a path that ends in a slash is a directory. Default: where it came from',
  },
  overwrite: { ...flag, group: 'Quarantine', description: 'Replace a file that has its path now' },
  dryRun: { ...flag, group: 'Running', description: 'Say what would be restored; restore nothing' },
  ...commonOptions,
} as const satisfies OptionTable;

export const quarantinePurgeOptions = {
  ...placeOption,
  ...choiceOptions,
  dryRun: { ...flag, group: 'Running', description: 'Say what would be deleted; delete nothing' },
  yes: {
    ...runOptions.yes,
    description: 'Do not ask; needed where there is no terminal, since nothing brings the files back',
  },
  ...commonOptions,
} as const satisfies OptionTable;
