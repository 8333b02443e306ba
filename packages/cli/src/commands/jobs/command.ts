import type { Command } from 'commander';
import type { KeysMethod } from '../../control/protocol.ts';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { jobsChangeOptions, jobsListOptions, jobsShowOptions } from '../../options/table/jobs.ts';
import { chosenFormat } from '../../output/format.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const list = command.command('list').description('What the monitor still has to do, and what it could not do');
  const listFlags = declareFlags(list, jobsListOptions);
  list.addHelpText('after', notes).action(async () => {
    const { values } = await resolve({ table: jobsListOptions, flags: listFlags, environment: process.env });
    const { listJobs } = await import('./list.ts');
    const { jobShape } = await import('./rows.ts');
    const states = values.state.length > 0 ? values.state : undefined;
    outcome.exitCode = await listJobs({ ...values, states }, jobShape, chosenFormat(values));
  });

  const show = command.command('show').description('Everything about a job, with each try').argument('<JOB...>', WHICH);
  const showFlags = declareFlags(show, jobsShowOptions);
  show.action(async (names: string[]) => {
    const { values } = await resolve({ table: jobsShowOptions, flags: showFlags, environment: process.env });
    const { showJobs } = await import('./show.ts');
    outcome.exitCode = await showJobs(names, values);
  });

  const change = (name: string, method: KeysMethod, description: string) => {
    const changing = command.command(name).description(description).argument('[JOB...]', WHICH);
    const flags = declareFlags(changing, jobsChangeOptions);
    changing.action(async (names: string[]) => {
      const { values } = await resolve({ table: jobsChangeOptions, flags, environment: process.env });
      const { changeJobs, chosenJobs } = await import('./change.ts');
      outcome.exitCode = await changeJobs(method, await chosenJobs(method, names, values));
    });
  };
  change('retry', 'jobs.retry', 'Have jobs done now that are dead or held back, from the step where they stopped');
  change('cancel', 'jobs.cancel', 'Have jobs never done; one that runs is left alone');
}

export const WHICH = 'as the list names it (column JOB), or the path of its file';

const notes = `
A job is one rule to be carried out for one file. Reads the store of "qwarden monitor", also while it runs; which jobs run right
now only the monitor itself knows: here they are due.

Exit codes:
  0  done    1  the store cannot be used, there is no such job    2  the command line must be corrected
  3  (retry, cancel) some jobs were left alone

Examples:
  qwarden jobs list --rule "lock finished records"
  qwarden jobs show 3f2a91c07b
  qwarden jobs cancel --path /scratch`;
