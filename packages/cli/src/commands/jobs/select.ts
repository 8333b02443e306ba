import { jobHandle, type JobState } from '@qwarden/engine';
import { CliError } from '../../errors/cli-error.ts';
import { pathFilterOf } from '../../look/filters.ts';
import type { OpenStore } from '../../look/stores.ts';
import type { LocatedJob } from './rows.ts';

export interface JobsWanted {
  readonly rule?: string | undefined;
  readonly path?: string | undefined;
  readonly states?: readonly JobState[] | undefined;
}

/** Throws CliError for a path that is none. */
export async function* selectJobs(stores: readonly OpenStore[], wanted: JobsWanted): AsyncGenerator<LocatedJob> {
  const path = pathFilterOf(wanted.path);
  for (const { reader, place, stateDir } of stores) {
    for await (const job of reader.jobs.list({ rule: wanted.rule, states: wanted.states }))
      if (path(job.path)) yield { job, place, stateDir };
  }
}

/**
 * The jobs that the words name, each by its handle (or the beginning of it) or by the path of its file. Throws CliError for a word that names
 * none, or leaves open which one.
 */
export async function namedJobs(
  stores: readonly OpenStore[],
  names: readonly string[],
  states?: readonly JobState[],
): Promise<LocatedJob[]> {
  for (const name of names) {
    if (name.startsWith('/') || /^[0-9a-f]{4,10}$/.test(name)) continue;
    throw new CliError('usage', `${JSON.stringify(name)} names no job.`, {
      remedy:
        'Give what stands in the column JOB of "qwarden jobs list" (at least 4 digits of it), or the path of the file.',
    });
  }
  const found = new Map<string, LocatedJob[]>(names.map((name) => [name, []]));
  for await (const located of selectJobs(stores, { states })) {
    const handle = jobHandle(located.job.key);
    for (const [name, jobs] of found)
      if (name.startsWith('/') ? located.job.path === name : handle.startsWith(name)) jobs.push(located);
  }
  const chosen = new Map<string, LocatedJob>();
  for (const [name, jobs] of found) {
    if (jobs.length === 0) throw noSuchJob(name, states);
    if (jobs.length > 1 && !name.startsWith('/')) {
      const handles = jobs.map(({ job }) => jobHandle(job.key)).join(', ');
      throw new CliError('usage', `${name} is the beginning of several jobs: ${handles}.`, {
        remedy: 'Give more of it.',
      });
    }
    for (const located of jobs) chosen.set(`${located.stateDir}\0${located.job.key}`, located);
  }
  return [...chosen.values()];
}

function noSuchJob(name: string, states: readonly JobState[] | undefined): CliError {
  const what = states === undefined ? 'job' : `job that is ${states.join(' or ')}`;
  return new CliError('failed', `There is no ${what} ${name.startsWith('/') ? 'for' : 'called'} ${name}.`, {
    remedy: `"qwarden ${states === undefined ? 'jobs' : 'dead'} list" shows those that there are; one that is done is gone ("qwarden why PATH").`,
  });
}
