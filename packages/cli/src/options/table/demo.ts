import { check, type OptionTable } from '../definition.ts';
import { duration } from '../duration.ts';

/** `qwarden demo`. Its variables start with QWARDEN_DEMO_, so that they never mix with those of real work. */
export const demoOptions = {
  for: {
    kind: 'text',
    group: 'Demo',
    placeholder: 'DURATION',
    defaultText: 'until Ctrl-C',
    schema: check((z) => z.string().regex(duration, 'must be a time such as 90s, 30m or 8h')),
    description: 'Let the writers write for this time, then prove the result',
  },
  interval: {
    kind: 'integer',
    group: 'Demo',
    placeholder: 'SECONDS',
    default: 2,
    schema: check((z) =>
      z.int().min(1, 'must be at least 1: some writers pause within a file').max(3600, 'must be at most 3600'),
    ),
    description: 'Settle time of the rules',
  },
  retention: {
    kind: 'text',
    group: 'Demo',
    placeholder: 'PERIOD',
    default: '7d',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: 'Retention period that the files get',
  },
  seed: {
    kind: 'integer',
    group: 'Demo',
    placeholder: 'NUMBER',
    default: 1,
    schema: check((z) => z.int().min(0, 'must be 0 or more')),
    description: "Seed of the writers' choices",
  },
} as const satisfies OptionTable;
