import { check, type OptionTable } from '../definition.ts';
import { duration } from '../duration.ts';
import { clusterOptions } from './cluster.ts';
import { listenOptions } from './listen.ts';
import { showConfigOptions } from './output.ts';

const bytes = /^\d+(k|m|g)?b?$/i;

/** Where the state of `qwarden filelock` lives; shared with `qwarden locks`. */
export const stateDirOption = {
  stateDir: {
    kind: 'text',
    group: 'Running',
    placeholder: 'DIR',
    defaultText: '~/.local/state/qwarden/filelock/…, one per cluster and directory',
    schema: check((z) => z.string().min(1, 'must name a directory')),
    description: 'Directory of the ledger: what is locked, what is pending',
  },
} as const satisfies OptionTable;

export const directoryOptions = {
  directoryPath: {
    kind: 'text',
    group: 'What to watch',
    placeholder: 'PATH',
    schema: check((z) => z.string().startsWith('/', 'must be an absolute path on the cluster, starting with /')),
    description: 'Directory on the cluster to watch',
  },
  fileNum: {
    kind: 'text',
    group: 'What to watch',
    placeholder: 'ID',
    aliases: ['file-id'],
    iniKeys: ['FILE_ID'],
    schema: check((z) => z.string().regex(/^[0-9]{1,20}$/, 'must be a number, for example 1003')),
    description: 'The same, by its id on the cluster (file number)',
  },
} as const satisfies OptionTable;

const watchOptions = {
  ...directoryOptions,
  recursive: {
    kind: 'boolean',
    group: 'What to watch',
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Watch all directories below it too',
  },
  include: {
    kind: 'list',
    group: 'What to watch',
    placeholder: 'GLOB',
    default: [],
    schema: check((z) => z.array(z.string().min(1, 'must not be empty'))),
    description:
      'Lock only files that match. A glob is compared with the name; with a / in it, with the path below the watched directory; with a leading /, with the whole path. Repeatable',
  },
  exclude: {
    kind: 'list',
    group: 'What to watch',
    placeholder: 'GLOB',
    default: [],
    schema: check((z) => z.array(z.string().min(1, 'must not be empty'))),
    description: 'Never lock files that match; stronger than --include. Repeatable',
  },
  builtinExcludes: {
    kind: 'boolean',
    group: 'What to watch',
    default: true,
    schema: check((z) => z.boolean()),
    description: 'Lock temporary files too; by default they are left alone (list below)',
  },
  existing: {
    kind: 'text',
    group: 'What to watch',
    placeholder: 'ignore|report|lock',
    default: 'report',
    schema: check((z) => z.enum(['ignore', 'report', 'lock'], 'must be ignore, report or lock')),
    description: 'What to do about files that are there when the watch begins',
  },
} as const satisfies OptionTable;

const lockOptions = {
  retention: {
    kind: 'text',
    group: 'Retention lock',
    placeholder: 'PERIOD',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: 'Until when: 7d, 6m, 2y (calendar-exact), P2Y6M, 2031-12-31 or 2031-12-31T12:00:00Z',
  },
  legalHold: {
    kind: 'boolean',
    group: 'Retention lock',
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Put files on legal hold: locked until somebody with the privilege releases them',
  },
  interval: {
    kind: 'integer',
    group: 'Retention lock',
    placeholder: 'SECONDS',
    default: 15,
    schema: check((z) =>
      z.int().min(0, 'must be 0 or more (seconds)').max(31_536_000, 'must be at most a year (31536000 seconds)'),
    ),
    description: 'Quiet time since the last change of a file before it is locked; 0 = at once',
  },
  extend: {
    kind: 'boolean',
    group: 'Retention lock',
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Extend the retention of files that are already locked for a shorter time',
  },
  allowLongRetention: {
    kind: 'boolean',
    group: 'Retention lock',
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Allow more than 100 years',
  },
  waitForClose: {
    kind: 'boolean',
    group: 'Retention lock',
    default: false,
    schema: check((z) => z.boolean()),
    description:
      'Before locking, ask the cluster whether SMB or NFS clients hold the file open, and wait until none does',
  },
} as const satisfies OptionTable;

export const runOptions = {
  dryRun: {
    kind: 'boolean',
    group: 'Running',
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Say what would be locked and until when; lock nothing',
  },
  yes: {
    kind: 'boolean',
    group: 'Running',
    short: 'y',
    default: false,
    notInFile: true,
    schema: check((z) => z.boolean()),
    description: 'Do not ask before the first run of a configuration',
  },
  maxConcurrency: {
    kind: 'integer',
    group: 'Running',
    placeholder: 'N',
    defaultText: 'adapts to the cluster',
    schema: check((z) => z.int().min(1, 'must be 1 or more').max(4_096, 'must be 4096 or less')),
    description: 'Never more calls in flight than this',
  },
  ...stateDirOption,
  configure: {
    kind: 'boolean',
    group: 'Running',
    flagOnly: true,
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Ask for host, port and login, and write the configuration file; same as "qwarden configure"',
  },
  runAsDaemon: {
    kind: 'boolean',
    group: 'Running',
    flagOnly: true,
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Detach from the terminal once it listens (not needed under systemd, see below)',
  },
  pidFile: {
    kind: 'text',
    group: 'Running',
    placeholder: 'FILE',
    schema: check((z) => z.string().min(1, 'must name a file')),
    description: 'Write the process id there while running',
  },
  for: {
    kind: 'text',
    group: 'Running',
    placeholder: 'DURATION',
    flagOnly: true,
    schema: check((z) => z.string().regex(duration, 'must be a time such as 90s, 30m or 8h')),
    description: 'Stop by itself after this time',
  },
} as const satisfies OptionTable;

export const logOptions = {
  output: {
    kind: 'text',
    group: 'Output',
    placeholder: 'FILE',
    schema: check((z) => z.string().min(1, 'must name a file')),
    description: 'Append all messages to this file as well; reopened on SIGHUP',
  },
  outputMaxSize: {
    kind: 'text',
    group: 'Output',
    placeholder: 'SIZE',
    schema: check((z) => z.string().regex(bytes, 'must be a size such as 500k, 20M or 1G')),
    description: 'Rotate that file when it would become larger: FILE.1, FILE.2, …',
  },
  outputKeep: {
    kind: 'integer',
    group: 'Output',
    placeholder: 'N',
    default: 5,
    schema: check((z) => z.int().min(1, 'must be 1 or more').max(1_000, 'must be 1000 or less')),
    description: 'How many rotated files to keep',
  },
  logFormat: {
    kind: 'text',
    group: 'Output',
    placeholder: 'text|json',
    default: 'text',
    schema: check((z) => z.enum(['text', 'json'], 'must be text or json')),
    description: 'Lines for people, or one JSON object a line for machines',
  },
  debug: {
    kind: 'boolean',
    group: 'Output',
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Also say what is seen, what settles, and each call to the cluster',
  },
  ...showConfigOptions,
  format: {
    kind: 'text',
    group: 'Output',
    placeholder: 'table|json',
    flagOnly: true,
    default: 'table',
    schema: check((z) => z.enum(['table', 'json'], 'must be table or json')),
    description: 'How --show-config prints',
  },
} as const satisfies OptionTable;

/** Everything that `qwarden filelock` understands. */
export const filelockOptions = {
  ...watchOptions,
  ...lockOptions,
  ...runOptions,
  ...logOptions,
  ...listenOptions,
  ...clusterOptions,
} as const satisfies OptionTable;
