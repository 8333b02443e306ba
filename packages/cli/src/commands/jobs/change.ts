import { isBelow, isGlob, jobHandle, openQueue } from '@qwarden/engine';
import { connectControl } from '../../control/client.ts';
import { type KeysMethod, MOST_KEYS } from '../../control/protocol.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { withStores } from '../../look/stores.ts';
import { writeTo } from '../../process/streams.ts';
import { CANCELLED, DISCARDED } from '../monitor/control.ts';
import type { LocatedJob } from './rows.ts';
import { namedJobs, selectJobs } from './select.ts';
import { deadStates } from './states.ts';

export interface ChangeValues {
  readonly rule?: string | undefined;
  readonly path?: string | undefined;
  readonly all: boolean;
  readonly store?: string | undefined;
}

/** What is done to jobs, and how it is told. */
interface Change {
  /** `retried` */
  readonly done: string;
  /** Why it was left undone for a job that is there. */
  readonly otherwise: string;
}

const changes: { readonly [M in KeysMethod]: Change } = {
  'jobs.retry': { done: 'Due now', otherwise: 'it waits or runs by itself already, or is gone' },
  'jobs.cancel': { done: 'Cancelled', otherwise: 'it runs now, or is gone' },
  'dead.retry': { done: 'Due now', otherwise: 'it is not dead any more' },
  'dead.discard': { done: 'Discarded', otherwise: 'it is not dead any more' },
};

/** The jobs that the command line means. Throws CliError when it names none. */
export async function chosenJobs(
  method: KeysMethod,
  names: readonly string[],
  values: ChangeValues,
): Promise<LocatedJob[]> {
  const { rule, path, all, store } = values;
  const filtered = rule !== undefined || path !== undefined;
  if (names.length > 0 && (all || filtered)) {
    throw new CliError('usage', 'Jobs are named, or chosen with --rule, --path or --all: not both.', {
      remedy: 'Give one of them.',
    });
  }
  if (names.length === 0 && !all && !filtered) {
    throw new CliError('usage', 'Which jobs?', {
      remedy: 'Name them (column JOB of the list), or give --rule, --path or --all.',
    });
  }
  const states = method === 'jobs.cancel' ? undefined : deadStates;
  return await withStores(store, async (stores) => {
    if (names.length > 0) return await namedJobs(stores, names, states);
    const jobs: LocatedJob[] = [];
    for await (const job of selectJobs(stores, { rule, path, states })) jobs.push(job);
    if (path === undefined || !isGlob(path)) return jobs;
    // Where a file has that very name it is meant, and not those that the name matches.
    const named = jobs.filter(({ job }) => isBelow(job.path, path));
    return named.length > 0 ? named : jobs;
  });
}

/** Does it, through the running monitor where there is one, and says what was done. Exit code 3 when some could not be. */
export async function changeJobs(method: KeysMethod, jobs: readonly LocatedJob[]): Promise<ExitCode> {
  const { done, otherwise } = changes[method];
  let changed = 0;
  for (const [place, located] of Map.groupBy(jobs, (job) => job.place)) {
    const keys = new Set(
      await changeIn(
        place,
        method,
        located.map(({ job }) => job.key),
      ),
    );
    changed += keys.size;
    for (const { job } of located) {
      const about = oneLine(`${jobHandle(job.key)} "${job.rule}": ${job.path}`);
      if (keys.has(job.key)) writeTo(process.stdout, `${done}: ${about}\n`);
      else writeTo(process.stderr, `Left alone: ${about}: ${otherwise}.\n`);
    }
  }
  if (jobs.length === 0) writeTo(process.stderr, 'There are none.\n');
  return changed === jobs.length ? ExitCode.ok : ExitCode.incomplete;
}

async function changeIn(place: string, method: KeysMethod, keys: readonly string[]): Promise<readonly string[]> {
  const control = await connectControl(place);
  if (control === undefined) return await changeDirectly(place, method, keys);
  try {
    const changed: string[] = [];
    for (let n = 0; n < keys.length; n += MOST_KEYS)
      changed.push(...(await control.ask(method, { keys: keys.slice(n, n + MOST_KEYS) })).changed);
    return changed;
  } finally {
    control.close();
  }
}

/** No monitor runs: the store is ours for a moment. Rejects with StateError, also when somebody else has it. */
async function changeDirectly(place: string, method: KeysMethod, keys: readonly string[]): Promise<string[]> {
  const queue = await openQueue(place);
  try {
    const now = Date.now();
    const isRetry = method === 'jobs.retry' || method === 'dead.retry';
    const why = method === 'jobs.cancel' ? CANCELLED : DISCARDED;
    const done = await Promise.all(
      keys.map((key) => (isRetry ? queue.jobs.retry(key, now) : queue.jobs.cancel(key, why, now))),
    );
    return keys.filter((_, n) => done[n] === true);
  } finally {
    await queue.close();
  }
}
