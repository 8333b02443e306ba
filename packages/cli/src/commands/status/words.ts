import { formatDuration } from '@qwarden/engine';
import type { StoreStatus } from './gather.ts';

type Running = Extract<StoreStatus, { running: true }>;
type Jobs = Running['monitor']['jobs'];
type Lag = Running['monitor']['lag'];

const count = (value: number): string => value.toLocaleString('en');

/** A status as lines for people. Names in it are not escaped yet. */
export function statusLines(status: StoreStatus, nowMs: number): string[] {
  if (!status.running) {
    const { stateDir, heldBy, jobs, lag, lastMatchAt } = status;
    return [
      heldBy === undefined
        ? `No monitor runs with ${stateDir}. Its store has:`
        : `${heldBy === null ? 'A process' : `Process ${heldBy}`} works with ${stateDir} and answers no questions, as filelock does not. Its store has:`,
      `  jobs:     ${jobsInWords(jobs)}`,
      `  queue:    ${lagInWords(lag, nowMs)}`,
      `  last match: ${lastMatchAt ?? 'none'}`,
    ];
  }
  const { monitor, lastErrors, lastReload } = status;
  const { counters, ruleSet, tripped } = monitor;
  const depth = status.recursive ? '' : ' (not the directories below it)';
  const lines = [
    `${status.directory}${depth} of ${status.cluster}: ${monitor.stream} since ${monitor.since}${monitor.paused ? ', paused until the queue has room' : ''} (process ${status.pid}, up ${age(status.startedAt, nowMs)})`,
    `  queue:    ${lagInWords(monitor.lag, nowMs)}`,
    `  jobs:     ${jobsInWords(monitor.jobs)}; ${monitor.inFlight} in flight of at most ${monitor.concurrencyLimit}`,
    `  since start: ${count(counters.events)} events, ${count(counters.matches)} matches, ${count(counters.done)} actions done, ${count(counters.skipped)} not needed, ${count(counters.retries)} retries, ${count(counters.ownEffects)} own effects recognised, ${count(counters.toldTwice)} told twice, ${count(counters.streamRestarts)} stream restarts`,
    `  breakers: ${tripped.length === 0 ? 'none open' : `open for ${tripped.map(targetInWords).join(', ')}`}`,
    `  rules:    ${ruleSet.hash.slice(0, 12)}, ${ruleSet.rules} rules, ${status.rulesFile}`,
    `  last reload: ${lastReload === null ? 'never' : `${lastReload.at} ${lastReload.text}`}`,
    `  state:    ${status.stateDir}`,
  ];
  if (lastErrors.length > 0) lines.push('  last errors:');
  for (const { at, text } of lastErrors) lines.push(`    ${at} ${text}`);
  return lines;
}

/** The same in one line that changes only when something does. */
export function statusLine(status: StoreStatus): string {
  if (!status.running)
    return `${status.stateDir}: ${status.heldBy === undefined ? 'no monitor runs' : 'works, and answers no questions'}; jobs ${jobsInWords(status.jobs)}`;
  const { monitor } = status;
  const { events, matches, done } = monitor.counters;
  return `${status.directory}: ${monitor.stream}; events ${events}, matches ${matches}, done ${done}; jobs ${jobsInWords(monitor.jobs)}; unread ${monitor.lag.events}`;
}

function jobsInWords({ waiting, due, running, dead, parked }: Jobs): string {
  return `${count(waiting)} waiting, ${count(due)} due, ${count(running)} running, ${count(dead)} dead, ${count(parked)} held back`;
}

function lagInWords({ batches, events, oldestAt, bytes }: Lag, nowMs: number): string {
  const size = `the log holds ${count(Math.ceil(bytes / 1024))} KiB`;
  if (batches === 0 || oldestAt === null) return `nothing unread, ${size}`;
  return `${count(events)} events unread, the oldest ${ageMs(nowMs - oldestAt)} old, ${size}`;
}

function targetInWords(target: string): string {
  return target === 'cluster' ? 'the cluster' : target.replace(/^host:/, '');
}

function age(since: string, nowMs: number): string {
  return ageMs(nowMs - Date.parse(since));
}

/** To the second: nobody wants the rest. */
function ageMs(ms: number): string {
  return formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
}
