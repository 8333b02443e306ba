// `npm run bench:monitor`: the monitor's queue, rules and jobs beside what people use today. See docs/performance.md.
import { ensureReady } from '../scripts/toolchain.mjs';
import { hurry } from './filelock/calm.mjs';
import { machine } from './filelock/machine.mjs';
import { killAll } from './filelock/process.mjs';
import { sayDone } from './filelock/progress.mjs';
import { ensureVenv } from './filelock/venv.mjs';
import { readOptions } from './monitor/options.mjs';
import { report } from './monitor/report.mjs';

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help !== undefined) {
    process.stdout.write(options.help);
    return;
  }
  if (options.hurry) hurry();
  ensureReady();
  // Loaded when they are built.
  const { stream } = await import('./monitor/scenarios/stream.mjs');
  const { matching } = await import('./monitor/scenarios/matching.mjs');
  const { jobs } = await import('./monitor/scenarios/jobs.mjs');
  const { timers } = await import('./monitor/scenarios/timers.mjs');
  const { memory } = await import('./monitor/scenarios/memory.mjs');
  const { profile } = await import('./monitor/profile.mjs');
  const { only, sides, rounds, events } = options;
  const results = { machine: machine(), rounds };
  if (only.includes('stream')) {
    const python = sides.includes('python') ? ensureVenv() : undefined;
    results.stream = await stream({ rounds, events, sides, python });
  }
  if (only.includes('matching')) results.matching = await matching({ rounds });
  if (only.includes('jobs')) results.jobs = await jobs({ rounds, jobs: options.jobs, sides });
  if (only.includes('timers')) results.timers = await timers({ timers: options.timers });
  if (only.includes('memory')) results.memory = await memory({ memoryEvents: options.memoryEvents });
  const profiles =
    options.profile === undefined ? [] : await profile({ directory: options.profile, events, jobs: options.jobs });
  sayDone();
  if (options.json) process.stdout.write(`${JSON.stringify({ ...results, profiles }, null, 2)}\n`);
  else process.stdout.write([report(results), ...profiles].join('\n'));
}

try {
  await main();
} catch (error) {
  sayDone();
  process.stderr.write(`qwarden bench: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  killAll();
}
