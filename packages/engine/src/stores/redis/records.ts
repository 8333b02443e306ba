import type { Arming, AttemptTrace, JobState, MatchTrace, RuleJob, Touch } from '../../queue/port.ts';

/** What changes in scripts stands in front as text (see scripts.ts), the rest is JSON. */
type Rest = Omit<RuleJob, 'state' | 'armedAt' | 'dueAt' | 'attempts' | 'lease'>;

const STATES: Readonly<Record<string, Exclude<JobState, 'running'>>> = { w: 'waiting', d: 'dead', p: 'parked' };

/** Names as fields and members: JSON, so that they hold no line breaks and UTF-8 can say them. */
export const named = (name: string): string => JSON.stringify(name);

/** Match and rest, of a job as it now is. */
export function restOf(job: RuleJob): string {
  const { key, rule, ruleSet, fileId, path, change, match, changedAt, settleMs, step, outputs, causes, lastError } =
    job;
  const about = { key, rule, ruleSet, fileId, path, change, match, changedAt, settleMs };
  return `${named(match)}\n${JSON.stringify({ ...about, step, outputs, causes, lastError } satisfies Rest)}`;
}

/** The same for one that begins. */
export function restOfArming(job: Arming['job']): string {
  return restOf({ ...job, state: 'waiting', step: 0, attempts: 0, outputs: {}, lastError: null });
}

export function toJob(record: string, running: boolean, lease?: string): RuleJob {
  const first = record.indexOf('\n');
  const second = record.indexOf('\n', first + 1);
  const [state = '', armedAt, dueAt, attempts, changedAt, ...path] = record.slice(0, first).split(' ');
  const rest: Rest = JSON.parse(record.slice(second + 1));
  return {
    ...rest,
    ...(changedAt === undefined ? {} : { changedAt: Number(changedAt) }),
    // Its blanks have parted it.
    ...(path.length === 0 ? {} : { path: JSON.parse(path.join(' ')) }),
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

/** What COMMIT wants of a touch. */
export function touchArguments({ key, changedAt, dueAt, renames }: Touch): string[] {
  const names = renames.flatMap(({ from, to }) => [named(from), named(to)]);
  return [named(key), String(changedAt), String(dueAt), String(renames.length), ...names];
}

export function toTrace(record: string): MatchTrace {
  const [, , , , verdict = '""', ...rest] = record.split('\n');
  const trace: Omit<MatchTrace, 'verdict'> = JSON.parse(rest.join('\n'));
  return { ...trace, verdict: JSON.parse(verdict) };
}

export function toAttempts(lines: string): AttemptTrace[] {
  return lines === '' ? [] : lines.split('\n').map((line): AttemptTrace => JSON.parse(line));
}
