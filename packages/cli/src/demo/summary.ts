import { coloursOfStdout } from '../output/colours.ts';
import type { DemoResult } from './run-demo.ts';

const MOST_WRONG = 20;

/** What of it is not as it should be, one line each. */
export function demoWrongs({ proof, writerErrors, monitorExit, storyEnded, receiver }: DemoResult): string[] {
  const wrong = [...proof.locks.wrong, ...proof.claims.flatMap((claim) => claim.wrong), ...writerErrors];
  if (monitorExit !== 0) wrong.push(`qwarden monitor ended with ${monitorExit}`);
  if (!storyEnded) wrong.push('a rule file that was put in place, or the cut, did not come to its end');
  if (receiver.refused > 0) wrong.push(`${receiver.refused} notifications were no CloudEvents about a file`);
  return wrong;
}

/** The end of the demo in words: what the cluster said, with counts, and what to try next. */
export function demoSummary(result: DemoResult): string {
  const { proof, tally, truth, writerErrors, receiver } = result;
  const { locks, claims } = proof;
  const pc = coloursOfStdout();
  const mark = (good: boolean): string => (good ? pc.green('✓') : pc.red('✗'));
  const wrong = demoWrongs(result);
  const lines = [
    '',
    'Asked the cluster about every file:',
    `  ${mark(locks.lockedAsExpected === locks.expected)} ${locks.lockedAsExpected} of ${locks.expected} finished files have a retention lock${locks.earliestEnd ? `, the earliest until ${locks.earliestEnd}` : ''}`,
    `  ${mark(locks.unlockedAsExpected === locks.others)} ${locks.unlockedAsExpected} of ${locks.others} other files (there before, temporary, elsewhere) have none`,
    ...claims
      .filter(({ expected, wrong: exceptions }) => expected + exceptions.length > 0)
      .map(
        ({ what, held, expected, wrong: exceptions }) => `  ${mark(!exceptions.length)} ${held} of ${expected} ${what}`,
      ),
    `  ${mark(writerErrors.length === 0)} ${truth.written} files written, ${truth.removed} of them deleted again; ${writerErrors.length || 'no'} writer was refused`,
    `  ${receiver.received} notifications; rule files: ${tally.reloads} taken on the way, ${tally.refusals} refused; ${tally.ownEffects} own effects recognised`,
    `  latency from due to done: p50 ${show(tally.latency(0.5))}, p99 ${show(tally.latency(0.99))}; stream restarts: ${tally.streamRestarts}; failed: ${tally.failed}`,
  ];
  for (const line of wrong.slice(0, MOST_WRONG)) lines.push(`  ${pc.red('✗')} ${line}`);
  if (wrong.length > MOST_WRONG) lines.push(`  … and ${wrong.length - MOST_WRONG} more`);
  for (const line of tally.problems.slice(0, MOST_WRONG)) lines.push(`  ${pc.red('✗')} it said: ${line}`);
  lines.push(
    '',
    wrong.length === 0
      ? pc.green('Every file that should be locked is, and no other; every other rule did what it says, and no more.')
      : pc.red('This is not as it should be.'),
    'Next: ./qwarden configure && ./qwarden monitor --rules rules.yml --dry-run (a first rules.yml: ./qwarden monitor --help), and ./qwarden why PATH beside it',
  );
  return lines.join('\n');
}

function show(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(value)} ms`;
}
