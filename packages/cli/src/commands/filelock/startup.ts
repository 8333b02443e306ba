import { checkRetention, privilegesOfFilelock, RetentionError } from '@qwarden/engine';
import type { QumuloClient } from '@qwarden/qumulo-client';
import { type CheckedDirectory, reportedChecks } from '../../connect/startup.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Logger } from '../../log/logger.ts';
import type { FilelockPlan } from './plan.ts';

/**
 * Runs the start-up checks and prints each finding with its remedy. Resolves with the directory that will be watched;
 * throws CliError (exit code 1, or 2 when --file-id and --directory-path name different things, or the retention is past on
 * the cluster's clock) when one is an error.
 */
export async function checkStartup(
  client: QumuloClient,
  plan: FilelockPlan,
  logger: Logger,
): Promise<CheckedDirectory> {
  const privileges = privilegesOfFilelock(plan.policy.waitForClose);
  const directory = await reportedChecks(client, { watch: plan.watch, privileges }, logger);
  await checkSamePath(client, plan, directory);
  checkDate(client, plan);
  return directory;
}

async function checkSamePath(
  client: QumuloClient,
  plan: FilelockPlan,
  directory: { id: string; path: string },
): Promise<void> {
  if (plan.alsoPath === undefined) return;
  const { data } = await client.files.getAttributes(plan.alsoPath);
  if (data.id === directory.id) return;
  throw new CliError(
    'usage',
    `--file-id ${directory.id} is ${directory.path}, and --directory-path is ${plan.alsoPath}: two directories.`,
    {
      remedy: 'Give one of them.',
    },
  );
}

/** The date was checked with this machine's clock; the cluster's decides, and would refuse every file. */
function checkDate(client: QumuloClient, plan: FilelockPlan): void {
  const { retention } = plan.policy;
  if (retention === undefined) return;
  try {
    checkRetention(retention, client.clusterClock.latestMs(), { allowLong: true });
  } catch (error) {
    if (!(error instanceof RetentionError)) throw error;
    throw new CliError('usage', `On the cluster's clock: ${error.message}`, {
      remedy: 'Ask for a later date, or set the clock of the cluster right.',
      cause: error,
    });
  }
}
