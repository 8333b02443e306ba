import { check, type OptionTable } from '../definition.ts';
import { clusterOptions } from './cluster.ts';
import { directoryOptions, logOptions, runOptions } from './filelock.ts';
import { listenOptions } from './listen.ts';

/** Where the monitor's queue lives; shared with the commands that look into it. */
export const storeOption = {
  store: {
    kind: 'text',
    group: 'Running',
    placeholder: 'sqlite:DIR|redis://…',
    // A Redis address may hold a password.
    secret: true,
    defaultText: 'sqlite:~/.local/state/qwarden/monitor/…, one per cluster and directory',
    schema: check((z) =>
      z
        .string()
        .refine(
          (text) => /^(?:sqlite:.+|rediss?:\/\/.+)/.test(text),
          'must be sqlite:DIR, with the directory that the queue is kept in, or redis://HOST:PORT (rediss:// with TLS)',
        ),
    ),
    description:
      'Where events, jobs and traces are kept: in a directory, or in Redis for several machines (several queues in one: /1, or ?namespace=NAME)',
  },
} as const satisfies OptionTable;

export const rulesOption = {
  rules: {
    kind: 'text',
    group: 'Rules',
    placeholder: 'FILE',
    default: 'watched_items.yml',
    schema: check((z) => z.string().min(1, 'must name a file')),
    description:
      'Rule file, read anew whenever it changes; the watch lists of the public event-monitor samples load too',
  },
} as const satisfies OptionTable;

/** How the monitor, and the commands that look after its work, reach the cluster. */
export const monitorClusterOptions = {
  ...clusterOptions,
  configFile: {
    ...clusterOptions.configFile,
    aliases: ['config'],
    default: 'cn_monitor.conf',
    description:
      'Configuration file, in the format of the earlier Python scripts; qfs_filelock_config.ini where there is none of this name',
  },
} as const satisfies OptionTable;

export const actionsOption = {
  actions: {
    kind: 'list',
    group: 'Rules',
    placeholder: 'PLACE',
    default: [],
    schema: check((z) => z.array(z.string().min(1, 'must not be empty'))),
    description:
      'Actions of your own: a directory of modules, one module, or a package (docs/actions/own.md). Repeatable',
  },
} as const satisfies OptionTable;

/** Everything that `qwarden monitor` understands. */
export const monitorOptions = {
  ...rulesOption,
  ...actionsOption,
  directoryPath: { ...directoryOptions.directoryPath, defaultText: '/' },
  fileNum: directoryOptions.fileNum,
  recursive: {
    kind: 'boolean',
    group: 'What to watch',
    default: true,
    schema: check((z) => z.boolean()),
    description: 'Watch only what is directly in the directory, not the directories below it',
  },
  ...storeOption,
  role: {
    kind: 'text',
    group: 'Running',
    placeholder: 'all|watcher|worker',
    default: 'all',
    schema: check((z) => z.enum(['all', 'watcher', 'worker'], 'must be all, watcher or worker')),
    description:
      'With Redis: watch and decide, or only carry out what a watcher decides. One watcher for each watch, any number of workers',
  },
  dryRun: { ...runOptions.dryRun, description: 'Say what the rules would do; do nothing, on the cluster or elsewhere' },
  maxConcurrency: runOptions.maxConcurrency,
  pidFile: runOptions.pidFile,
  for: runOptions.for,
  ...logOptions,
  ...listenOptions,
  ...monitorClusterOptions,
} as const satisfies OptionTable;
