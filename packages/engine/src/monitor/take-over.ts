import type { JobQueue, RuleJob } from '../queue/port.ts';
import type { Matcher } from '../rules/match/matcher.ts';
import type { SyntheticBatches } from './synthetic.ts';

const REPLACED = 'told of once more, for the rule as it is now';
/** Jobs that are replaced in one go. */
const AT_ONCE = 256;

export interface TakeOverOptions {
  readonly rule: string;
  readonly jobs: Pick<JobQueue, 'list' | 'retry' | 'cancel'>;
  readonly matcher: Matcher;
  /** Tells of files once more: rules decide about them anew. */
  readonly batches: SyntheticBatches;
  /** Path below the watched directory; undefined when it is not below it. */
  readonly below: (path: string) => string | undefined;
  readonly now: () => number;
}

/**
 * Brings the jobs of a rule that an earlier run has left under the rule as it is now: jobs keep the parameters they were made with, and what
 * cannot be undone must not be done with parameters that somebody has corrected meanwhile. What failed for good, or was held back, is tried
 * again.
 */
export async function takeOver(options: TakeOverOptions): Promise<void> {
  const { rule, jobs, matcher, batches, now } = options;
  let replaced: string[] = [];
  // The log has them before they go; and they go before one of them can be begun with the parameters that it has.
  const replace = async () => {
    await batches.flush();
    await Promise.all(replaced.map((key) => jobs.cancel(key, REPLACED, now())));
    replaced = [];
  };
  // Those that wait come first and are only taken away, so that nothing is met twice.
  for await (const job of jobs.list({ rule, states: ['waiting', 'dead', 'parked'] })) {
    if (job.ruleSet === matcher.ruleSet.hash) {
      if (job.state !== 'waiting') await jobs.retry(job.key, now());
      continue;
    }
    const path = options.below(job.path);
    if (path === undefined || !isWanted(job, matcher)) {
      await jobs.cancel(job.key, 'the rule as it is now is not for this file', now());
      continue;
    }
    await batches.add({ type: 'child_file_added', path, spine: [job.fileId], stream_name: null });
    if (replaced.push(job.key) >= AT_ONCE) await replace();
  }
  await replace();
}

function isWanted({ rule, change, path }: RuleJob, matcher: Matcher): boolean {
  const as = { ...change, type: 'child_file_added', path, movedFrom: null } as const;
  return matcher.match(as).some((candidate) => candidate.rule.name === rule);
}
