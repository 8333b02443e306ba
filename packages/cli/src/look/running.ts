import type { QueueReader, RuleJob } from '@qwarden/engine';
import { connectControl } from '../control/client.ts';
import { CliError } from '../errors/cli-error.ts';
import { isRedis } from './place.ts';

type Jobs = QueueReader['jobs'];

/** What runs is known to the monitor alone, where the queue is in a file: writing that down for each job would be too dear. */
export function withWhatRuns(jobs: Jobs, place: string, ask: (place: string) => Promise<ReadonlySet<string>>): Jobs {
  if (isRedis(place)) return jobs;
  let asked: Promise<ReadonlySet<string>> | undefined;
  const runs = () => {
    asked ??= ask(place);
    return asked;
  };
  const seen = (job: RuleJob, running: ReadonlySet<string>): RuleJob =>
    job.state === 'waiting' && running.has(job.key) ? { ...job, state: 'running' } : job;
  return {
    async counts(now) {
      const counts = await jobs.counts(now);
      const running = Math.min(counts.due, (await runs()).size);
      return { ...counts, running, due: counts.due - running };
    },
    async *list({ states, limit, ...filter }) {
      const running = await runs();
      const wanted = states?.includes('running') === true ? [...states, 'waiting' as const] : states;
      let left = limit ?? Number.POSITIVE_INFINITY;
      for await (const one of jobs.list({ ...filter, states: wanted })) {
        const job = seen(one, running);
        if (states?.includes(job.state) === false) continue;
        if (left <= 0) return;
        left -= 1;
        yield job;
      }
    },
    async find(key) {
      const job = await jobs.find(key);
      return job === undefined ? undefined : seen(job, await runs());
    },
  };
}

/** Keys of the jobs that run in the monitor of a state directory. None where it cannot be asked: another user's, or an older one. */
export async function askWhatRuns(place: string): Promise<ReadonlySet<string>> {
  try {
    const control = await connectControl(place);
    if (control === undefined) return new Set();
    try {
      return new Set((await control.ask('jobs.running', {})).keys);
    } finally {
      control.close();
    }
  } catch (error) {
    if (error instanceof CliError) return new Set();
    throw error;
  }
}
