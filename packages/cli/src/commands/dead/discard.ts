import { CliError, type ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { canAsk } from '../../output/terminal.ts';
import { writeTo } from '../../process/streams.ts';
import { type ChangeValues, changeJobs, chosenJobs } from '../jobs/change.ts';

const SHOWN = 10;

/** `qwarden dead discard`. A person on a terminal is asked first. */
export async function discardDead(
  names: readonly string[],
  values: ChangeValues & { readonly yes: boolean },
): Promise<ExitCode> {
  const jobs = await chosenJobs('dead.discard', names, values);
  if (jobs.length > 0 && !values.yes && canAsk()) {
    const more = jobs.length > SHOWN ? `  and ${jobs.length - SHOWN} more\n` : '';
    const lines = jobs.slice(0, SHOWN).map(({ job }) => `  ${oneLine(`"${job.rule}": ${job.path}`)}\n`);
    writeTo(process.stderr, `${lines.join('')}${more}`);
    const { confirm } = await import('@inquirer/prompts');
    const message = `Give up ${jobs.length === 1 ? 'this job' : `these ${jobs.length} jobs`} for good?`;
    if (!(await confirm({ message, default: false }, { output: process.stderr })))
      throw new CliError('failed', 'Nothing was discarded.');
  }
  return await changeJobs('dead.discard', jobs);
}
