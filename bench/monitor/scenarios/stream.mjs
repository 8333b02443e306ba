// From the socket to the last event decided and committed: qwarden with its stores, and the public sample's way in Python.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../../scripts/toolchain.mjs';
import { calm } from '../../filelock/calm.mjs';
import { watchOver } from '../../filelock/process.mjs';
import { say } from '../../filelock/progress.mjs';
import { median, spread } from '../../filelock/statistics.mjs';
import { startFork } from '../process.mjs';
import { LAST_NAME, recording } from '../recording.mjs';
import { ROOT, rules } from '../rules.mjs';
import { makePlace, whyNot } from '../store.mjs';

const side = (kind, ruleCount, perLine) => ({ key: `${kind}-${ruleCount}-by-${perLine}`, kind, ruleCount, perLine });

const ALL = [
  side('sqlite', 10, 1),
  side('sqlite', 1_000, 1),
  side('sqlite', 10_000, 1),
  side('sqlite', 10, 100),
  side('sqlite', 10_000, 100),
  side('redis', 10, 1),
  side('redis', 10, 100),
  side('python', 10, 1),
  side('python', 10, 100),
];

/** The recording is played so often in a run: only the last counts, so that a just-in-time compiler has done its work. The first is told too. */
const PASSES = 2;

/** Ratios of events/s, each the median of those of the rounds. */
const RATIOS = {
  overPythonBy1: ['sqlite-10-by-1', 'python-10-by-1'],
  overPythonBy100: ['sqlite-10-by-100', 'python-10-by-100'],
  manyRulesBy1: ['sqlite-10000-by-1', 'sqlite-10-by-1'],
  manyRulesBy100: ['sqlite-10000-by-100', 'sqlite-10-by-100'],
};

export async function stream({ rounds, events, sides: kinds, python }) {
  const skipped = kinds.flatMap((kind) => (whyNot(kind) === undefined ? [] : [{ kind, why: whyNot(kind) }]));
  for (const { kind, why } of skipped) say(`stream: ${kind} is left out: ${why}`);
  const sides = ALL.filter(({ kind }) => kinds.includes(kind) && !skipped.some((other) => other.kind === kind));
  const results = Object.fromEntries(sides.map(({ key }) => [key, []]));
  for (const perLine of new Set(sides.map((one) => one.perLine))) recording(events, perLine);
  const server = startFork('server.mjs');
  try {
    const at = await server.told('listening');
    for (let round = 0; round < rounds; round += 1) {
      for (let turn = 0; turn < sides.length; turn += 1) {
        const one = sides[(turn + round) % sides.length];
        const busyBefore = await calm();
        const measure = one.kind === 'python' ? measurePython : measureQwarden;
        const result = await measure({ server, at, events, python, ...one });
        results[one.key].push({ ...result, busyBefore });
        say(`stream, round ${round + 1} of ${rounds}: ${one.key}: ${Math.round(result.perSecond)} events/s`);
      }
    }
  } finally {
    await server.stop();
  }
  return { events, skipped, ...summarise(sides, results) };
}

/** One run of qwarden; `execArgv` for a profile. */
export async function measureQwarden({ server, at, events, kind, ruleCount, perLine, execArgv = [] }) {
  const place = await makePlace(kind);
  const consumer = startFork('consumer.mjs', { server: at, place: place.at, ruleCount }, { execArgv });
  try {
    let before = (await consumer.told('ready')).cpu;
    const passes = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      server.send({ path: recording(events, perLine), times: 1 });
      const started = await server.told('first-byte');
      const end = await consumer.told('end');
      const cpuUs = (end.cpu.user + end.cpu.system - before.user - before.system) / events;
      passes.push({ perSecond: rate(events, started.ns, end.ns), cpuUs });
      before = end.cpu;
    }
    consumer.send({ kind: 'finish' });
    const { counters } = await consumer.told('summary');
    if (counters.events !== events * PASSES)
      throw new Error(`qwarden decided about ${counters.events} of ${events * PASSES} events`);
    return { ...passes.at(-1), cold: passes[0], matches: counters.matches / PASSES };
  } finally {
    await consumer.stop();
    await place.remove();
  }
}

async function measurePython({ server, at, events, python, ruleCount, perLine }) {
  const home = mkdtempSync(join(tmpdir(), 'qwarden-bench-'));
  try {
    const list = join(home, 'rules.json');
    writeFileSync(list, JSON.stringify(rules(ruleCount)));
    const { host, port, username, password } = at;
    const script = join(root, 'bench', 'peers', 'aiohttp_monitor.py');
    const args = [script, host, port, username, password, ROOT, list, LAST_NAME, PASSES].map(String);
    const child = watchOver(spawn(python, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => {
      const { done, value } = await lines.next();
      if (done) throw new Error('bench/peers/aiohttp_monitor.py ended without a result');
      return JSON.parse(value);
    };
    await next();
    const passes = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      server.send({ path: recording(events, perLine), times: 1 });
      const started = await server.told('first-byte');
      const end = await next();
      if (end.events !== events) throw new Error(`the Python sample saw ${end.events} of ${events} events`);
      const cpuUs = (end.cpu_seconds * 1e6) / events;
      passes.push({ perSecond: rate(events, started.ns, end.ns), cpuUs, matches: end.matches });
    }
    if (child.exitCode === null) await once(child, 'exit');
    return { ...passes.at(-1), cold: passes[0] };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Events a second between two times of the machine's monotonic clock, in ns. */
const rate = (events, from, to) => (events * 1e9) / Number(BigInt(to) - BigInt(from));

function summarise(sides, results) {
  const ratio = ([one, other]) =>
    median(results[one].map(({ perSecond }, n) => perSecond / results[other][n].perSecond));
  return {
    busyBefore: spread(Object.values(results).flatMap((list) => list.map(({ busyBefore }) => busyBefore))),
    sides: sides.map((one) => ({
      ...one,
      perSecond: spread(results[one.key].map(({ perSecond }) => perSecond)),
      cpuUs: spread(results[one.key].map(({ cpuUs }) => cpuUs)),
      coldPerSecond: spread(results[one.key].map(({ cold }) => cold.perSecond)),
      matches: results[one.key][0].matches,
    })),
    ratios: Object.fromEntries(
      Object.entries(RATIOS)
        .filter(([, keys]) => keys.every((key) => results[key] !== undefined))
        .map(([name, keys]) => [name, ratio(keys)]),
    ),
  };
}
