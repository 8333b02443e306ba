import type { JobState, RuleJob } from '@qwarden/engine';

/** Waits for a person: out of tries, or held back by the loop guard. */
export const deadStates: readonly JobState[] = ['dead', 'parked'];

export function isDead(state: JobState): boolean {
  return deadStates.includes(state);
}

/** What the job waits for, in a few words. */
export function waitsFor(job: Pick<RuleJob, 'state' | 'dueAt' | 'lastError'>, nowMs: number): string {
  if (job.state === 'running') return 'runs now';
  if (job.state === 'dead') return 'out of tries, waits for a person';
  if (job.state === 'parked') return 'held back, waits for a person';
  if (job.dueAt === null || job.dueAt <= nowMs) return 'due now';
  return `due ${new Date(job.dueAt).toISOString()}`;
}
