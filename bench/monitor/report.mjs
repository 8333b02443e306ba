// The results as tables for people. Every aim stands beside what was reached.
import { number, range, table, verdict } from '../filelock/report.mjs';

const AIMS = {
  overPythonBy1: { text: 'SQLite, 10 rules, against the Python sample, one event a line', least: 1.5 },
  overPythonBy100: { text: 'SQLite, 10 rules, against the Python sample, 100 a line', least: 1 },
  manyRulesBy1: { text: '10,000 rules against 10, one event a line', least: 0.7 },
  manyRulesBy100: { text: '10,000 rules against 10, 100 a line', least: 0.7 },
};
const REDIS_LEAST = 50_000;
const MATCHING_LEAST = 500_000;
const JOBS_LEAST = 10_000;
const TIMERS = { bytes: 150, armed: 300_000, longestMs: 10 };
/** Of the first sample: a cache that fills up is no leak. */
const FLAT = 1.25;

const atLeast = (value, least) => [`≥ ${number(least, least < 10 ? 1 : 0)}`, verdict(value >= least)];
const leftOut = (skipped) => skipped.map(({ kind, why }) => `${kind} was left out: ${why}`);

function streamText({ events, sides, ratios, skipped, busyBefore }) {
  const rows = [
    [
      'events/s, socket to committed',
      'rules',
      'a line',
      'median (range)',
      'CPU µs/event',
      'first pass',
      'matches',
      'aim',
      '',
    ],
  ];
  for (const { kind, ruleCount, perLine, perSecond, cpuUs, coldPerSecond, matches } of sides) {
    const cold = number(coldPerSecond.median);
    const about = [kind, number(ruleCount), String(perLine), range(perSecond), range(cpuUs, 2), cold, number(matches)];
    rows.push([...about, ...(kind === 'redis' ? atLeast(perSecond.median, REDIS_LEAST) : ['', ''])]);
  }
  const compared = [['ratio, median of the rounds', '', 'aim', '']];
  for (const [name, ratio] of Object.entries(ratios))
    compared.push([AIMS[name].text, `${number(ratio, 2)} ×`, ...atLeast(ratio, AIMS[name].least)]);
  return [
    `The stream of ${number(events)} events over TLS (machine ${number(busyBefore.median * 100)}, at most ${number(busyBefore.most * 100)} % busy with other things before each)`,
    table(rows),
    ...(compared.length > 1 ? ['', table(compared)] : []),
    ...leftOut(skipped),
  ].join('\n');
}

function matchingText({ sides, skipped }) {
  const rows = [['events/s, matching alone', 'rules', 'median (range)', 'match', 'qwarden is', 'aim', '']];
  for (const { engine, ruleCount, perSecond, matchedShare, ratio } of sides) {
    const own = engine === 'qwarden';
    rows.push([
      engine,
      number(ruleCount),
      range(perSecond, perSecond.median < 100 ? 1 : 0),
      `${number(matchedShare * 100, 2)} %`,
      own ? '' : `${number(ratio, 1)} ×`,
      ...(own && ruleCount === 10_000 ? atLeast(perSecond.median, MATCHING_LEAST) : ['', '']),
    ]);
  }
  return [
    table(rows),
    'event-ruler is given JSON, as its interface wants it: its parsing counts.',
    ...leftOut(skipped),
  ].join('\n');
}

function jobsText({ count, sides, skipped }) {
  const rows = [['jobs/s, an action that costs nothing', 'median (range)', 'aim', '']];
  for (const { kind, perSecond } of sides)
    rows.push([kind, range(perSecond), ...atLeast(perSecond.median, JOBS_LEAST)]);
  return [
    `${number(count)} jobs that are all due, each taken, run, recorded and removed`,
    table(rows),
    ...leftOut(skipped),
  ].join('\n');
}

function timersText({ count, bytesEach, heapBytesEach, armedPerSecond, longestMs, p99Ms, perSecond, done }) {
  const rows = [['settle times that wait at once', '', 'aim', '']];
  const bytes = `${number(bytesEach)} (${number(heapBytesEach)} of them V8's)`;
  rows.push(['bytes of process memory each', bytes, `≤ ${TIMERS.bytes}`, verdict(bytesEach <= TIMERS.bytes)]);
  rows.push(['armed a second, durable', number(armedPerSecond), ...atLeast(armedPerSecond, TIMERS.armed)]);
  const stretch = `${number(longestMs, 1)} ms (p99 ${number(p99Ms, 1)})`;
  rows.push(['longest stretch, all due', stretch, `≤ ${TIMERS.longestMs} ms`, verdict(longestMs <= TIMERS.longestMs)]);
  rows.push(['then run a second', number(perSecond), '', '']);
  return [
    `${number(count)} settle times in SQLite; ${number(done)} jobs were run when all were due at once`,
    table(rows),
  ].join('\n');
}

function memoryText({ startMb, samples, peakMb }) {
  const rows = [['events', 'MB resident']];
  for (const { events, mb } of samples) rows.push([number(events), number(mb)]);
  const [first, last] = [samples[0].mb, samples.at(-1).mb];
  return [
    `Memory (${number(startMb)} MB when it began to listen, ${number(peakMb)} MB at the peak)`,
    table(rows),
    `flat: the last is at most ${FLAT} × the first: ${number(last / first, 2)} × ${verdict(last <= first * FLAT)}`,
  ].join('\n');
}

export function report(results) {
  const texts = { stream: streamText, matching: matchingText, jobs: jobsText, timers: timersText, memory: memoryText };
  const parts = [`${results.machine}; median (range) of ${results.rounds} interleaved rounds`];
  for (const [name, text] of Object.entries(texts)) if (results[name] !== undefined) parts.push(text(results[name]));
  return `${parts.join('\n\n')}\n`;
}
