import type { Arming, AttemptTrace, JobState, MatchTrace, RuleJob } from '../../queue/port.ts';
import { parsed } from '../stored-text.ts';

/** What changes in scripts stands in front as text (see scripts.ts), the rest is JSON. */
type Rest = Omit<RuleJob, 'state' | 'armedAt' | 'dueAt' | 'attempts' | 'lease'>;

const STATES: Readonly<Record<string, Exclude<JobState, 'running'>>> = { w: 'waiting', d: 'dead', p: 'parked' };

/** Names as fields and members: JSON, so that they hold no line breaks and UTF-8 can say them. */
export const named = (name: string): string => JSON.stringify(name);

/** Match and rest, of a job as it now is. */
export function restOf(job: RuleJob): string {
  const { state: _, armedAt: _1, dueAt: _2, attempts: _3, lease: _4, ...rest } = job;
  return `${named(job.match)}\n${JSON.stringify(rest satisfies Rest)}`;
}

/** The same for one that begins. */
export function restOfArming({ armedAt: _, dueAt: _1, ...job }: Arming['job']): string {
  return JSON.stringify({ ...job, step: 0, outputs: {}, lastError: null } satisfies Rest);
}

export function toJob(record: string, running: boolean, lease?: string): RuleJob {
  const first = record.indexOf('\n');
  const second = record.indexOf('\n', first + 1);
  const [state = '', armedAt, dueAt, attempts] = record.slice(0, first).split(' ');
  return {
    ...parsed<Rest>(record.slice(second + 1)),
    state: running ? 'running' : (STATES[state] ?? 'parked'),
    armedAt: Number(armedAt),
    dueAt: dueAt === '-' ? null : Number(dueAt),
    attempts: Number(attempts),
    ...(lease === undefined ? {} : { lease }),
  };
}

/** What COMMIT wants of a trace. */
export function traceArguments(trace: Omit<MatchTrace, 'verdict'>, verdict: string): string[] {
  const { change, job } = trace;
  return [
    named(trace.match),
    String(trace.at),
    job === null ? '-' : named(job),
    named(change.fileId),
    named(change.path),
    change.movedFrom === null ? '-' : named(change.movedFrom),
    named(verdict),
    JSON.stringify({ ...trace, verdict: undefined }),
  ];
}

export function toTrace(record: string): MatchTrace {
  const [, , , , verdict = '""', ...rest] = record.split('\n');
  return { ...parsed<Omit<MatchTrace, 'verdict'>>(rest.join('\n')), verdict: parsed<string>(verdict) };
}

export function toAttempts(lines: string): AttemptTrace[] {
  return lines === '' ? [] : lines.split('\n').map((line) => parsed<AttemptTrace>(line));
}
