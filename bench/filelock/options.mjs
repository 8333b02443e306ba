// What `npm run bench:filelock` may be told.
import { parseArgs } from 'node:util';

export const SCENARIOS = ['throughput', 'latency', 'burst', 'memory'];

export const SIDES = ['qwarden', 'serial', 'aiohttp', 'ceiling'];

const HELP = `npm run bench:filelock -- [options]
  --only LIST        of ${SCENARIOS.join(',')} (default: all)
  --rounds N         interleaved rounds (default 5)
  --files N          files a round for qwarden and the ceiling (default 20000)
  --memory-files N   files of the memory measurement (default 1000000)
  --sides LIST       of ${SIDES.join(',')}; throughput of these only, ratios of what is there (default: all)
  --delays LIST      added latency of the throughput measurement, ms (default 0,5)
  --profile DIR      besides, writes CPU profiles of one more qwarden run and its cluster into DIR, and names the functions
  --json             the results as JSON on stdout instead of tables
`;

/** Throws an Error for people. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: SCENARIOS.join(',') },
      rounds: { type: 'string', default: '5' },
      files: { type: 'string', default: '20000' },
      'memory-files': { type: 'string', default: '1000000' },
      sides: { type: 'string', default: SIDES.join(',') },
      delays: { type: 'string', default: '0,5' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const only = listOf('--only', values.only, SCENARIOS);
  const sides = listOf('--sides', values.sides, SIDES);
  return {
    only,
    sides,
    rounds: positive('--rounds', values.rounds),
    files: positive('--files', values.files),
    memoryFiles: positive('--memory-files', values['memory-files']),
    delays: values.delays.split(',').map(Number),
    profile: values.profile,
    json: values.json,
    help: values.help ? HELP : undefined,
  };
}

export function positive(flag, text) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${flag} must be a whole number above 0, not ${text}`);
  return value;
}

export function listOf(flag, text, known) {
  const names = text.split(',').filter(Boolean);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${flag} does not know ${unknown.join(', ')}; it takes ${known.join(',')}`);
  return names;
}
