// Matching alone: how many changes a second are told apart by 10, 1,000 and 10,000 rules.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calm } from '../../filelock/calm.mjs';
import { say } from '../../filelock/progress.mjs';
import { median, spread } from '../../filelock/statistics.mjs';
import { ensureJars, ensureNpm, measureEventRuler } from '../peers.mjs';
import { startFork } from '../process.mjs';
import { events } from '../recording.mjs';
import { ROOT, rules } from '../rules.mjs';

const COUNTS = [10, 1_000, 10_000];
const SECONDS = 2;
const EVENTS = 20_000;

export async function matching({ rounds }) {
  const npm = ensureNpm();
  const jars = ensureJars();
  const engines = [
    { engine: 'qwarden', measure: (ruleCount) => inFork('qwarden', ruleCount) },
    {
      engine: 'json-rules-engine',
      why: npm.why,
      measure: (count) => inFork('json-rules-engine', count, npm.directory),
    },
    { engine: 'event-ruler', why: jars.why, measure: (ruleCount) => eventRuler(jars.directory, ruleCount) },
  ];
  const skipped = engines.filter(({ why }) => why !== undefined).map(({ engine, why }) => ({ kind: engine, why }));
  for (const { kind, why } of skipped) say(`matching: ${kind} is left out: ${why}`);
  const sides = engines
    .filter(({ why }) => why === undefined)
    .flatMap((one) => COUNTS.map((ruleCount) => ({ ...one, ruleCount, results: [] })));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < sides.length; turn += 1) {
      const side = sides[(turn + round) % sides.length];
      await calm();
      const result = await side.measure(side.ruleCount);
      side.results.push(result);
      const what = `${side.engine}, ${side.ruleCount} rules: ${Math.round(result.perSecond)} events/s`;
      say(`matching, round ${round + 1} of ${rounds}: ${what}`);
    }
  }
  const ours = (ruleCount) => sides.find((side) => side.engine === 'qwarden' && side.ruleCount === ruleCount).results;
  return {
    skipped,
    sides: sides.map(({ engine, ruleCount, results }) => ({
      engine,
      ruleCount,
      perSecond: spread(results.map(({ perSecond }) => perSecond)),
      matchedShare: results[0].matchedShare,
      ratio: median(ours(ruleCount).map(({ perSecond }, n) => perSecond / results[n].perSecond)),
    })),
  };
}

async function inFork(engine, ruleCount, modules) {
  const fork = startFork('matching.mjs', { engine, ruleCount, modules, seconds: SECONDS });
  try {
    return await fork.told('result');
  } finally {
    await fork.stop();
  }
}

function eventRuler(directory, ruleCount) {
  const home = mkdtempSync(join(tmpdir(), 'qwarden-bench-'));
  try {
    const rulesFile = join(home, 'rules');
    const eventsFile = join(home, 'events');
    writeFileSync(rulesFile, rules(ruleCount).map(pattern).join('\n'));
    const lines = Array.from(events(EVENTS), (event) => JSON.stringify({ ...event, path: `${ROOT}/${event.path}` }));
    writeFileSync(eventsFile, lines.join('\n'));
    return measureEventRuler(directory, { rulesFile, eventsFile, seconds: SECONDS });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** One value, one wildcard: the whole path, as its index takes it best. */
function pattern({ name, on, under, extension, head, file }) {
  const rest = file ?? (head === undefined ? `*.${extension}` : `*/${head}*`);
  return `${name}\t${JSON.stringify({ type: on, path: [{ wildcard: `${under}/${rest}` }] })}`;
}
