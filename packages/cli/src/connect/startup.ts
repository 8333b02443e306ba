import { startupChecks, type StartupFinding, type StartupQuestion } from '@qwarden/engine';
import { type QumuloClient, QumuloConnectionError } from '@qwarden/qumulo-client';
import { CliError } from '../errors/cli-error.ts';
import { oneLine } from '../log/escape.ts';
import type { Logger } from '../log/logger.ts';
import { memoryLimits, memoryTrouble } from '../process/memory.ts';

/** The directory to watch, as the cluster knows it. */
export interface CheckedDirectory {
  id: string;
  path: string;
  /** What was said about the clocks, ms. */
  skewToldMs: number | undefined;
}

/** Runs the start-up checks and prints each finding with its remedy. Throws CliError when one is an error. */
export async function reportedChecks(
  client: QumuloClient,
  question: StartupQuestion,
  logger: Logger,
): Promise<CheckedDirectory> {
  const memory = memoryTrouble(memoryLimits());
  if (memory !== undefined) {
    const { message, remedy } = memory;
    logger.log({
      level: 'WARNING',
      kind: 'check',
      text: `${message} ${remedy}`,
      fields: { check: 'memory', message, remedy },
    });
  }
  const report = await startupChecks(client, question);
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
  if (!report.directory) throw new CliError('failed', `The cluster does not say what ${question.watch.ref} is.`);
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
