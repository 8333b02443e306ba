import { check, type OptionTable } from '../definition.ts';
import { clusterOptions } from './cluster.ts';
import { jsonOption, lookStoreOption, sinceFilter, word } from './look.ts';
import { actionsOption, monitorOptions } from './monitor.ts';

export const rulesCheckOptions = { ...actionsOption, ...jsonOption } as const satisfies OptionTable;

export const rulesExplainOptions = { ...actionsOption } as const satisfies OptionTable;

export const rulesSchemaOptions = { ...actionsOption } as const satisfies OptionTable;

const text = { ...word, group: 'Rules' } as const satisfies Partial<OptionTable[string]>;

export const rulesTestOptions = {
  event: {
    ...text,
    placeholder: 'FILE',
    description:
      'Changes to test with, as "qwarden events export" writes them or as the cluster sends them; "-" is standard input',
  },
  path: { ...text, placeholder: 'PATH', description: 'Path of the file that is changed, instead of --event' },
  type: {
    ...text,
    placeholder: 'TYPE',
    description: 'What happens to it: created, written, renamed, …, or child_file_added, …',
  },
  movedFrom: { ...text, placeholder: 'PATH', description: 'Its path before, for a rename' },
  fileId: {
    ...text,
    placeholder: 'ID',
    schema: check((z) => z.string().regex(/^[0-9]{1,20}$/, 'must be a number, for example 1003')),
    description: 'Its id, to ask the cluster by; else it is asked by the path',
  },
  stream: { ...text, placeholder: 'NAME', description: 'The named stream that is changed' },
  ...actionsOption,
  ...jsonOption,
  ...clusterOptions,
  configFile: monitorOptions.configFile,
} as const satisfies OptionTable;

export const rulesReloadOptions = { ...lookStoreOption } as const satisfies OptionTable;

export const rulesBacktestOptions = {
  since: {
    ...sinceFilter.since,
    default: '24h',
    description:
      'Put through the rules what came since then: a time (2031-12-31T12:00:00Z), or how long ago (90s, 15m, 24h, 7d)',
  },
  rules: {
    ...text,
    placeholder: 'FILE',
    defaultText: 'those that the monitor has in force, or had last',
    description: 'The rules to compare with',
  },
  ...actionsOption,
  ...lookStoreOption,
  ...jsonOption,
} as const satisfies OptionTable;
