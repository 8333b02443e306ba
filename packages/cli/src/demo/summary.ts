import { coloursOfStdout } from '../output/colours.ts';
import type { DemoResult } from './run-demo.ts';

/** True when the cluster confirmed everything and nobody was disturbed. */
export function demoHolds({ proof, writerErrors, filelockExit }: DemoResult): boolean {
  return proof.wrong.length === 0 && writerErrors.length === 0 && filelockExit === 0 && proof.expected > 0;
}

/** The end of the demo in words: what the cluster said, with counts, and what to try next. */
export function demoSummary(result: DemoResult): string {
  const { proof, tally, truth, writerErrors, filelockExit } = result;
  const pc = coloursOfStdout();
  const mark = (good: boolean): string => (good ? pc.green('✓') : pc.red('✗'));
  const lines = [
    '',
    'Asked the cluster about every file:',
    `  ${mark(proof.lockedAsExpected === proof.expected)} ${proof.lockedAsExpected} of ${proof.expected} finished files have a retention lock${proof.earliestEnd ? `, the earliest until ${proof.earliestEnd}` : ''}`,
    `  ${mark(proof.unlockedAsExpected === proof.others)} ${proof.unlockedAsExpected} of ${proof.others} other files (there before, temporary, outside) have none`,
    `  ${mark(writerErrors.length === 0)} ${truth.written} files written, ${truth.removed} of them deleted again; ${writerErrors.length || 'no'} writer was refused`,
    `  latency from due to confirmed: p50 ${show(tally.latency(0.5))}, p99 ${show(tally.latency(0.99))}; stream restarts: ${tally.streamRestarts}; failed: ${tally.failed}`,
  ];
  for (const line of proof.wrong.slice(0, 20)) lines.push(`  ${pc.red('✗')} ${line}`);
  if (proof.wrong.length > 20) lines.push(`  … and ${proof.wrong.length - 20} more`);
  for (const line of writerErrors) lines.push(`  ${pc.red('✗')} ${line}`);
  if (filelockExit !== 0) lines.push(`  ${pc.red('✗')} qwarden filelock ended with ${filelockExit}`);
  lines.push(
    '',
    demoHolds(result)
      ? pc.green('Every file that should be locked is, and no other.')
      : pc.red('This is not as it should be.'),
  );
  lines.push('Next: ./qwarden configure && ./qwarden filelock --directory-path /DIR --retention 7y --dry-run');
  return lines.join('\n');
}

function show(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(value)} ms`;
}
