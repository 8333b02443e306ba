import type { MonitorSummary } from '@qwarden/engine';
import type { LogLine } from '../../log/levels.ts';

/** The last lines of a run. */
export function monitorSummaryLines(summary: MonitorSummary, dryRun: boolean): LogLine[] {
  const { counters, jobs, startedAt, endedAt, endReason, error } = summary;
  const parts = [
    `${counters.events} events`,
    `${counters.matches} matches`,
    dryRun ? `${counters.would} actions described, none done` : `${counters.done} actions done`,
    `${counters.skipped} not needed`,
    `${counters.retries} retries`,
    `${jobs.waiting + jobs.due} jobs waiting`,
    `${jobs.dead} dead`,
    `${jobs.parked} held back`,
  ];
  if (counters.streamRestarts > 0) parts.push(`${counters.streamRestarts} stream restarts`);
  const seconds = Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000));
  const lines: LogLine[] = [
    {
      level: 'INFO',
      kind: 'summary',
      text: `Summary after ${seconds} s: ${parts.join(', ')}`,
      fields: { ...counters, jobs, startedAt, endedAt, endReason, error: error?.message ?? null },
    },
  ];
  if (jobs.dead + jobs.parked > 0) {
    const text = '"qwarden dead list" shows what could not be done and why; "qwarden dead retry" tries it again';
    lines.push({ level: 'WARNING', kind: 'hint', text });
  }
  return lines;
}
