import { check, type OptionTable } from '../definition.ts';
import { duration } from '../duration.ts';
import { isRedisAddress } from '../redis-address.ts';
import { clusterOptions } from './cluster.ts';
import { bytes, directoryOptions, logOptions, runOptions } from './filelock.ts';
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
          (text) => /^sqlite:./.test(text) || isRedisAddress(text),
          'must be sqlite:DIR, with the directory that the queue is kept in, or redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE] (rediss:// with TLS); the characters / ? # @ : and % of a password are written %2F %3F %23 %40 %3A and %25',
        ),
    ),
    description:
      'Where events, jobs and traces are kept: in a directory, or in Redis for several machines (several queues in one: /1, or ?namespace=NAME; a certificate authority of your own: ?ca=FILE)',
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

const allowTargetOption = {
  allowTarget: {
    kind: 'list',
    group: 'Rules',
    placeholder: 'TARGET',
    default: [],
    schema: check((z) =>
      z.array(
        z
          .string()
          .regex(
            /^(?:(?:unix|run):\/.*|run:[^/\s]+|(?:(?:\*\.)?[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?)$/i,
            'must be HOST, HOST:PORT, *.DOMAIN, unix:/SOCKET or run:PROGRAM',
          ),
      ),
    ),
    description:
      'The only targets that webhook, email, publish and run may reach: HOST[:PORT], *.DOMAIN[:PORT], unix:/SOCKET, run:PROGRAM. Repeatable. Without it rules decide; link-local and cloud metadata addresses are refused always (docs/security.md)',
  },
} as const satisfies OptionTable;

/** Everything that `qwarden monitor` understands. */
export const monitorOptions = {
  ...rulesOption,
  ...actionsOption,
  ...allowTargetOption,
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
  keepEvents: {
    kind: 'text',
    group: 'Running',
    placeholder: 'DURATION',
    default: '7d',
    schema: check((z) => z.string().regex(duration, 'must be a time such as 12h or 30d')),
    description:
      'How long events that were decided about stay in the queue, for "qwarden events" and "rules backtest"; those that were not are kept until they are',
  },
  keepEventsSize: {
    kind: 'text',
    group: 'Running',
    placeholder: 'SIZE',
    defaultText: '1G; with Redis at most a quarter of its maxmemory',
    schema: check((z) => z.string().regex(bytes, 'must be a size such as 500M or 4G')),
    description: 'At most so much of them, the oldest go first',
  },
  maxConcurrency: runOptions.maxConcurrency,
  pidFile: runOptions.pidFile,
  for: runOptions.for,
  ...logOptions,
  ...listenOptions,
  ...monitorClusterOptions,
} as const satisfies OptionTable;
