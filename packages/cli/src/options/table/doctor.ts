import { check, type OptionTable } from '../definition.ts';
import { filelockOptions } from './filelock.ts';
import { flag, jsonOption } from './look.ts';
import { monitorOptions } from './monitor.ts';
import { formatOptions } from './output.ts';

/** Say how a run behaves or what it prints: nothing to check in them. */
type Dropped = 'configure' | 'runAsDaemon' | 'for' | 'showConfig' | 'format' | 'yes';

const { configure: _c, runAsDaemon: _r, for: _f, showConfig: _s, format: _o, yes: _y, ...ofFilelock } = filelockOptions;
const { for: _mf, showConfig: _ms, format: _mo, ...ofMonitor } = monitorOptions;

/** All that `filelock` or `monitor` may be started with, so that the same words can be given here. */
export const eitherOptions = {
  ...ofFilelock,
  ...ofMonitor,
  recursive: {
    ...ofMonitor.recursive,
    description:
      'Only what is directly in the directory is watched (default with filelock; --recursive is the default with monitor)',
  },
} as const satisfies Omit<OptionTable, Dropped>;

export const doctorOptions = {
  sendTest: {
    ...flag,
    group: 'Output',
    description: 'Send a test, marked as one, to each mail server and webhook of the rules',
  },
  format: {
    ...formatOptions.format,
    placeholder: 'table|json',
    schema: check((z) => z.enum(['table', 'json'], 'must be table or json')),
    description: 'How to print the result; JSON stands alone on stdout',
  },
  ...jsonOption,
  ...eitherOptions,
} as const satisfies OptionTable;

export const supportBundleOptions = {
  lines: {
    kind: 'integer',
    group: 'Output',
    placeholder: 'N',
    flagOnly: true,
    default: 1000,
    schema: check((z) => z.int().min(0, 'must be 0 or more').max(100_000, 'must be 100000 or less')),
    description: 'How many of the last lines of the log file go into it',
  },
  ...eitherOptions,
} as const satisfies OptionTable;
