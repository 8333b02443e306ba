// Jobs a second through an action that costs nothing: all due, taken, run, recorded and removed.
import { calm } from '../../filelock/calm.mjs';
import { say } from '../../filelock/progress.mjs';
import { spread } from '../../filelock/statistics.mjs';
import { startFork } from '../process.mjs';
import { makePlace, whyNot } from '../store.mjs';

export async function jobs({ rounds, jobs: count, sides: kinds }) {
  const stores = kinds.filter((kind) => kind !== 'python');
  const skipped = stores.flatMap((kind) => (whyNot(kind) === undefined ? [] : [{ kind, why: whyNot(kind) }]));
  for (const { kind, why } of skipped) say(`jobs: ${kind} is left out: ${why}`);
  const there = stores.filter((kind) => whyNot(kind) === undefined);
  const results = Object.fromEntries(there.map((kind) => [kind, []]));
  const server = startFork('server.mjs');
  try {
    const at = await server.told('listening');
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of there) {
        await calm();
        const result = await runDue({ at, kind, count, settleMs: 0 });
        results[kind].push(result);
        say(`jobs, round ${round + 1} of ${rounds}: ${kind}: ${Math.round(result.perSecond)} jobs/s`);
      }
    }
  } finally {
    await server.stop();
  }
  return {
    count,
    skipped,
    sides: there.map((kind) => ({ kind, perSecond: spread(results[kind].map(({ perSecond }) => perSecond)) })),
  };
}

/** Arms so many jobs, then runs a monitor on them when they are all due. What bench/monitor/due.mjs tells; `execArgv` for a profile. */
export async function runDue({ at, kind, count, settleMs, execArgv = [] }) {
  const place = await makePlace(kind);
  const fork = startFork(
    'due.mjs',
    { server: at, place: place.at, count, settleMs },
    { execArgv: ['--expose-gc', ...execArgv] },
  );
  try {
    return await fork.told('result');
  } finally {
    await fork.stop();
    await place.remove();
  }
}
