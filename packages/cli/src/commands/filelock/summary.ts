import type { FilelockSummary } from '@qwarden/engine';
import type { LogLine } from '../../log/levels.ts';

/** The last lines of a run. */
export function summaryLines(summary: FilelockSummary, dryRun: boolean): LogLine[] {
  const { startedAt, endedAt, latency } = summary;
  const { error, ...fields } = summary;
  const parts = [
    `${summary.seen} files seen`,
    dryRun ? `${summary.wouldLock} would be locked` : `${summary.locked} locked`,
    `${summary.alreadyLocked} locked before`,
    `${summary.forgotten} gone`,
    `${summary.failed} failed`,
    `${summary.pending} pending`,
  ];
  if (summary.streamRestarts > 0) parts.push(`${summary.streamRestarts} stream restarts`);
  const seconds = Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000));
  const lines: LogLine[] = [
    {
      level: 'INFO',
      kind: 'summary',
      text: `Summary after ${seconds} s: ${parts.join(', ')}`,
      fields: { ...fields, error: error?.message ?? null },
    },
  ];
  if (summary.locked > 0) {
    const text = `From due to locked: median ${ms(latency.p50Ms)}, 99 of 100 within ${ms(latency.p99Ms)}, longest ${ms(latency.maxMs)}`;
    lines.push({ level: 'INFO', kind: 'latency', text, fields: { ...latency } });
  }
  if (summary.failed > 0) {
    lines.push({
      level: 'WARNING',
      kind: 'hint',
      text: '"qwarden locks list --failed" shows which files could not be locked, and why',
    });
  }
  return lines;
}

function ms(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
