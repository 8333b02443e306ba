import { type AttemptTrace, jobHandle } from '@qwarden/engine';
import { ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { type OpenStore, withStores } from '../../look/stores.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { jobsShowOptions } from '../../options/table/jobs.ts';
import { writeTo } from '../../process/streams.ts';
import { attemptInWords } from '../why/words.ts';
import { jobFields, type LocatedJob } from './rows.ts';
import { namedJobs } from './select.ts';
import { waitsFor } from './states.ts';

/** `qwarden jobs show`. */
export async function showJobs(names: readonly string[], values: ValuesOf<typeof jobsShowOptions>): Promise<ExitCode> {
  await withStores(values.store, async (stores) => {
    const jobs = await namedJobs(stores, names);
    const shown = await Promise.all(jobs.map(async (job) => ({ job, attempts: await attemptsOf(stores, job) })));
    if (values.json) {
      const objects = shown.map(({ job, attempts }) => ({
        ...Object.fromEntries(jobFields.map(([name, value]) => [name, value(job)])),
        causes: job.job.causes,
        outputs: job.job.outputs,
        tries: attempts.map((attempt) => ({ ...attempt, at: new Date(attempt.at).toISOString() })),
      }));
      writeTo(process.stdout, `${JSON.stringify(objects, undefined, 2)}\n`);
    } else writeTo(process.stdout, shown.map(({ job, attempts }) => inWords(job, attempts)).join('\n'));
  });
  return ExitCode.ok;
}

async function attemptsOf(stores: readonly OpenStore[], { job, stateDir }: LocatedJob) {
  const store = stores.find((one) => one.stateDir === stateDir);
  return (await store?.reader.traces.attempts(job.match)) ?? [];
}

function inWords({ job, stateDir }: LocatedJob, attempts: readonly AttemptTrace[]): string {
  const lines = [
    `Job ${jobHandle(job.key)}: ${job.rule}`,
    `  file:    ${job.path} (id ${job.fileId})`,
    `  because: ${job.change.type}, ${new Date(job.change.at).toISOString()}`,
    `  state:   ${job.state}, ${waitsFor(job, Date.now())}`,
    `  step:    ${job.step + 1}, ${job.attempts} failed tries`,
  ];
  if (job.lastError !== null) lines.push(`  error:   ${job.lastError}`);
  if (job.causes.length > 0) lines.push(`  led to by: ${job.causes.join(', then ')}`);
  lines.push(`  store:   ${stateDir}`, ...attempts.map((attempt) => `  ${attemptInWords(attempt)}`));
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}
