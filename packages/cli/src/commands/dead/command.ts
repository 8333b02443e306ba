import type { Command } from 'commander';
import { declareFlags } from '../../options/flag-source.ts';
import { resolve } from '../../options/resolve.ts';
import { deadDiscardOptions, deadListOptions, jobsChangeOptions } from '../../options/table/jobs.ts';
import { chosenFormat } from '../../output/format.ts';
import { WHICH } from '../jobs/command.ts';
import type { Outcome } from '../outcome.ts';

export function configure(command: Command, outcome: Outcome): void {
  const list = command.command('list').description('Jobs that could not be done (out of tries, or held back), and why');
  const listFlags = declareFlags(list, deadListOptions);
  list.addHelpText('after', notes).action(async () => {
    const { values } = await resolve({ table: deadListOptions, flags: listFlags, environment: process.env });
    const { listJobs } = await import('../jobs/list.ts');
    const { deadShape } = await import('../jobs/rows.ts');
    const { deadStates } = await import('../jobs/states.ts');
    outcome.exitCode = await listJobs({ ...values, states: deadStates }, deadShape, chosenFormat(values));
  });

  const retry = command
    .command('retry')
    .description('Try them again, when the cause is gone')
    .argument('[JOB...]', WHICH);
  const retryFlags = declareFlags(retry, jobsChangeOptions);
  retry.action(async (names: string[]) => {
    const { values } = await resolve({ table: jobsChangeOptions, flags: retryFlags, environment: process.env });
    const { changeJobs, chosenJobs } = await import('../jobs/change.ts');
    outcome.exitCode = await changeJobs('dead.retry', await chosenJobs('dead.retry', names, values));
  });

  const discard = command.command('discard').description('Give them up for good').argument('[JOB...]', WHICH);
  const discardFlags = declareFlags(discard, deadDiscardOptions);
  discard.action(async (names: string[]) => {
    const { values } = await resolve({ table: deadDiscardOptions, flags: discardFlags, environment: process.env });
    const { discardDead } = await import('./discard.ts');
    outcome.exitCode = await discardDead(names, values);
  });
}

const notes = `
Nothing is dropped in silence: what cannot be done stays here until somebody decides. "retry" goes on from the step where a job
stopped; "discard" gives it up, and asks first on a terminal.

Exit codes:
  0  done    1  the store cannot be used, there is no such job    2  the command line must be corrected
  3  (retry, discard) some jobs were left alone

Examples:
  qwarden dead list
  qwarden dead retry --rule "scan uploads"
  qwarden dead discard 3f2a91c07b --yes`;
