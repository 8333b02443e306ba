import { checkRetention, RetentionError, startupChecks, type StartupFinding } from '@qwarden/engine';
import { type QumuloClient, QumuloConnectionError } from '@qwarden/qumulo-client';
import { CliError } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
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
): Promise<{ id: string; path: string; skewToldMs: number | undefined }> {
  const report = await startupChecks(client, { watch: plan.watch, policy: plan.policy });
  for (const finding of report.findings) {
    if (finding.ok)
      logger.log({
        level: 'DEBUG',
        kind: 'check',
        text: `${finding.check}: ${finding.message}`,
        fields: fieldsOf(finding),
      });
    else if (finding.severity === 'warning') {
      const text = [finding.message, finding.remedy].filter(Boolean).join(' ');
      logger.log({ level: 'WARNING', kind: 'check', text, fields: fieldsOf(finding) });
    }
  }
  const errors = report.findings.filter((finding) => !finding.ok && finding.severity === 'error');
  if (errors.length > 0) throw startupError(errors);
  if (!report.directory) throw new CliError('failed', `The cluster does not say what ${plan.watch.ref} is.`);
  await checkSamePath(client, plan, report.directory);
  checkDate(client, plan);
  return { ...report.directory, skewToldMs: report.skewToldMs };
}

function fieldsOf(finding: StartupFinding): Record<string, unknown> {
  const { check, ok, severity, message, remedy } = finding;
  return { check, ok, severity: ok ? null : severity, message, remedy: remedy ?? null };
}

/** All at once, so that nobody has to come back for the next one. */
function startupError(errors: readonly StartupFinding[]): CliError {
  const [first, ...others] = errors.map((finding) => ({ ...finding, message: oneLine(finding.message) }));
  const rest = others.flatMap((finding) => [finding.message, ...(finding.remedy ? [`  ${finding.remedy}`] : [])]);
  const remedy = [first?.remedy, ...rest].filter((line) => line !== undefined).join('\n');
  const trust = errors.some(({ cause }) => cause instanceof QumuloConnectionError && cause.kind.startsWith('tls-'));
  return new CliError(trust ? 'trust' : 'failed', first?.message ?? 'The start-up checks failed.', {
    remedy,
    cause: first?.cause,
  });
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
