// Arms jobs as the reader does, a stretch to a commit, and lets the real engine run them when all are due. Forked; tells what it saw.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../packages/qumulo-client/dist/index.js';
import { loadRules, MatchCounts, RenameJoiner } from '../../packages/engine/dist/index.js';
import { clientOf, makeMonitor } from './engine.mjs';
import { actions, ROOT, ruleFile } from './rules.mjs';
import { openStore } from './store.mjs';

const { server, place, count, settleMs } = JSON.parse(process.argv[2]);
const RULE = 'live 0';
/** Matches of one commit: those of a stretch of the log with some. */
const STRETCH = 1_000;
/** After that it is known how it goes. */
const LONGEST_RUN_MS = 60_000;

/** A reader's that has nothing to remember. */
const state = JSON.stringify({ joiner: new RenameJoiner(), counts: new MatchCounts() });

const ruleText = ruleFile(10, { settle: `${settleMs}ms` });
const loaded = loadRules(ruleText, { source: 'rules of the benchmark', catalog: actions });
if (!loaded.ok) throw new Error(loaded.problems[0].message);
const ruleSet = loaded.ruleSet.hash;

function memory() {
  globalThis.gc();
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

function armed(n, now) {
  const fileId = String(6_000_000 + n);
  const match = `1.${n}/${RULE}`;
  const path = `${ROOT}/department 00/project 0000/sheet ${n}.pdf`;
  const change = {
    id: `1.${n}`,
    type: 'child_file_added',
    fileId,
    path,
    movedFrom: null,
    kind: 'file',
    stream: null,
    at: now,
    lineage: 0,
  };
  const key = `${RULE}\0${fileId}`;
  const dueAt = now + settleMs;
  const about = { rule: RULE, ruleSet, change, match };
  return {
    arming: {
      mode: 'restart',
      job: { ...about, key, fileId, path, armedAt: now, changedAt: now, settleMs, dueAt, causes: [] },
    },
    trace: { ...about, at: now, conditions: '[]', job: key },
  };
}

async function arm(store) {
  await store.keepRuleSet(ruleSet, loaded.ruleSet.text, Date.now());
  const before = memory();
  const started = performance.now();
  let position = '';
  for (let first = 0; first < count; first += STRETCH) {
    const now = Date.now();
    const arm = Array.from({ length: Math.min(STRETCH, count - first) }, (_, n) => armed(first + n, now));
    await store.commit(0, { position, state, arm, touch: [], traces: [], met: [] });
  }
  const perSecond = (count * 1000) / (performance.now() - started);
  const after = memory();
  return {
    armedPerSecond: perSecond,
    bytesEach: (after.rss - before.rss) / count,
    heapBytesEach: (after.heap - before.heap) / count,
  };
}

async function run(store) {
  // As if the settle time had passed for all of them at once.
  const clock = { ...systemClock, now: () => Date.now() + settleMs };
  const client = clientOf(server);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const stop = new AbortController();
  let [done, first, last] = [0, 0, 0];
  const report = (event) => {
    if (event.kind === 'fatal') process.stderr.write(`${JSON.stringify(event)}\n`);
    if (event.kind !== 'done') return;
    last = performance.now();
    if (done === 0) first = last;
    done += 1;
    if (done === count) stop.abort();
  };
  const monitor = await makeMonitor({ client, store, ruleText, report, clock });
  const enough = setTimeout(() => stop.abort(), LONGEST_RUN_MS);
  delay.enable();
  const { counters, error } = await monitor.run(stop.signal);
  if (error !== undefined) throw error;
  delay.disable();
  clearTimeout(enough);
  await monitor.close();
  await client.close();
  return {
    perSecond: ((done - 1) * 1000) / (last - first),
    done: counters.done,
    longestMs: delay.max / 1e6,
    p99Ms: delay.percentile(99) / 1e6,
  };
}

const store = await openStore(place);
const arming = await arm(store);
process.send({ kind: 'result', ...arming, ...(await run(store)) });
process.disconnect();
