// What `npm run bench:monitor` may be told.
import { parseArgs } from 'node:util';
import { listOf, positive } from '../filelock/options.mjs';

export const SCENARIOS = ['stream', 'matching', 'jobs', 'timers', 'memory'];

export const SIDES = ['sqlite', 'redis', 'python'];

const HELP = `npm run bench:monitor -- [options]
  --only LIST          of ${SCENARIOS.join(',')} (default: all)
  --rounds N           interleaved rounds (default 5)
  --events N           events a round, recorded once (default 1000000)
  --sides LIST         of ${SIDES.join(',')}; the stream to these only, ratios of what is there (default: all)
  --jobs N             jobs of the jobs measurement (default 50000)
  --timers N           pending settle timers (default 1000000)
  --memory-events N    events of the memory measurement (default 3000000)
  --full-memory        10 million of them
  --profile DIR        besides, writes CPU profiles of one more run with SQLite into DIR, and names the functions
  --hurry              a first look: no waiting for a calm machine
  --json               the results as JSON on stdout instead of tables
`;

/** Throws an Error for people. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: SCENARIOS.join(',') },
      rounds: { type: 'string', default: '5' },
      events: { type: 'string', default: '1000000' },
      sides: { type: 'string', default: SIDES.join(',') },
      jobs: { type: 'string', default: '50000' },
      timers: { type: 'string', default: '1000000' },
      'memory-events': { type: 'string', default: '3000000' },
      'full-memory': { type: 'boolean', default: false },
      profile: { type: 'string' },
      hurry: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    only: listOf('--only', values.only, SCENARIOS),
    sides: listOf('--sides', values.sides, SIDES),
    rounds: positive('--rounds', values.rounds),
    events: positive('--events', values.events),
    jobs: positive('--jobs', values.jobs),
    timers: positive('--timers', values.timers),
    memoryEvents: values['full-memory'] ? 10_000_000 : positive('--memory-events', values['memory-events']),
    profile: values.profile,
    hurry: values.hurry,
    json: values.json,
    help: values.help ? HELP : undefined,
  };
}
