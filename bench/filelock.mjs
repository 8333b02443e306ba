// `npm run bench:filelock`: `qwarden filelock` beside what people use today and beside what is possible. See docs/performance.md.
import { ensureReady } from '../scripts/toolchain.mjs';
import { machine } from './filelock/machine.mjs';
import { readOptions } from './filelock/options.mjs';
import { killAll } from './filelock/process.mjs';
import { sayDone } from './filelock/progress.mjs';
import { report } from './filelock/report.mjs';
import { ensureVenv } from './filelock/venv.mjs';

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help !== undefined) {
    process.stdout.write(options.help);
    return;
  }
  ensureReady();
  // Loaded when they are built.
  const { throughput } = await import('./filelock/scenarios/throughput.mjs');
  const { latency } = await import('./filelock/scenarios/latency.mjs');
  const { burst } = await import('./filelock/scenarios/burst.mjs');
  const { memory } = await import('./filelock/scenarios/memory.mjs');
  const { profile } = await import('./filelock/profile.mjs');
  const { only, sides, rounds, files, delays, memoryFiles } = options;
  const results = { machine: machine(), rounds, throughput: [] };
  if (only.includes('throughput')) {
    const python = sides.includes('serial') || sides.includes('aiohttp') ? ensureVenv() : undefined;
    for (const delayMs of delays)
      results.throughput.push(await throughput({ delayMs, rounds, files, python, only: sides }));
  }
  if (only.includes('latency')) results.latency = await latency({ rounds });
  if (only.includes('burst')) results.burst = await burst({ rounds });
  if (only.includes('memory')) results.memory = await memory({ memoryFiles });
  const profiles = [];
  if (options.profile !== undefined)
    for (const delayMs of delays) profiles.push(await profile({ directory: options.profile, files, delayMs }));
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
