import { check, type OptionTable } from '../definition.ts';
import { runOptions } from './filelock.ts';
import { flag } from './locks.ts';
import { monitorClusterOptions, storeOption } from './monitor.ts';
import { formatOptions, showConfigOptions } from './output.ts';

/** `qwarden all-stop status` needs no cluster: it reads what the stops kept. */
export const allStopStatusOptions = {
  all: { ...flag, description: 'Also stops that are over' },
  ...storeOption,
  ...formatOptions,
} as const satisfies OptionTable;

export const allStopResumeOptions = {
  stop: {
    kind: 'text',
    group: 'Running',
    flagOnly: true,
    placeholder: 'ID',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description:
      'Only this stop, by its id in "qwarden all-stop status"; default: all of this cluster, the latest first',
  },
  force: {
    ...flag,
    group: 'Running',
    description: 'Restore what somebody else has changed since the stop, too: it becomes as it was before',
  },
  keepChanged: {
    ...flag,
    group: 'Running',
    description: 'Leave what somebody else has changed since the stop as it is, and end the stop',
  },
  dryRun: { ...flag, group: 'Running', description: 'Say what would be restored; restore nothing' },
  yes: { ...runOptions.yes, description: 'Do not ask' },
  ...storeOption,
  ...formatOptions,
  ...showConfigOptions,
  ...monitorClusterOptions,
} as const satisfies OptionTable;
