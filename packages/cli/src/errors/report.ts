import type { ErrorReport } from './error-report.ts';
import { CliError, ExitCode } from './cli-error.ts';
import { oneLine } from '../log/escape.ts';
import { errnoOf } from './errno.ts';

/** Turns any error into words, in which names from the cluster can do no harm. Knows the errors of all packages by their brand or name, so that none of them is loaded for it. */
export async function reportOf(error: unknown): Promise<ErrorReport> {
  if (error instanceof CliError) {
    return { message: error.message, remedy: error.remedy, exitCode: error.exitCode };
  }
  const name = error instanceof Error ? error.name : '';
  if (
    error instanceof Error &&
    (name === 'IniError' || name === 'IniValueError' || name === 'RetentionError' || name === 'GlobError')
  ) {
    const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : undefined;
    return { message: oneLine(error.message), remedy, exitCode: ExitCode.usage };
  }
  if (error instanceof Error && 'code' in error && /^(QUMULO|QWARDEN)_/.test(String(error.code))) {
    const { reportClusterError } = await import('./cluster-errors.ts');
    const report = reportClusterError(error);
    if (report) return { ...report, message: oneLine(report.message) };
  }
  if (name === 'ExitPromptError' || name === 'AbortPromptError') {
    return { message: 'Nothing was changed.', exitCode: ExitCode.interrupted };
  }
  const fromSystem = systemError(error);
  if (fromSystem) return fromSystem;
  return {
    message: oneLine(error instanceof Error ? error.message : String(error)),
    remedy: 'This should not happen. Run again with QWARDEN_DEBUG=1 and report what it prints.',
    exitCode: ExitCode.failed,
    unexpected: true,
  };
}

/** Errors of the operating system, by their code. */
export const systemMessages: Readonly<Record<string, [what: string, remedy: string]>> = {
  EACCES: ['permission denied', 'Run as a user that may, or change the permissions.'],
  EPERM: ['not permitted', 'Run as a user that may, or change the permissions.'],
  EROFS: ['the file system is read-only', 'Name a place that can be written.'],
  ENOSPC: ['no space left on the device', 'Free some space.'],
  EDQUOT: ['the disk quota is used up', 'Free some space.'],
  ENOENT: ['no such file or directory', 'Check the name, and make its directory if it is missing.'],
  ENOTDIR: ['a part of the path is not a directory', 'Check the name.'],
  EISDIR: ['it is a directory', 'Name a file.'],
  EADDRINUSE: ['the address is in use', 'Give another --port (0 = any free one).'],
  EADDRNOTAVAIL: ['this machine has no such address', 'Give another --host.'],
  EMFILE: ['too many open files', 'Raise the limit (ulimit -n).'],
};

function systemError(error: unknown): ErrorReport | undefined {
  const code = errnoOf(error);
  const known = code === undefined ? undefined : systemMessages[code];
  if (!known || !(error instanceof Error)) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? `${error.path}: ` : '';
  const address = 'address' in error && 'port' in error ? `${String(error.address)}:${String(error.port)}: ` : '';
  return { message: `${path || address}${known[0]} (${code}).`, remedy: known[1], exitCode: ExitCode.failed };
}

/** What stands on stderr: message, remedy, and with QWARDEN_DEBUG=1 (or for a mistake of ours, always) the stack. */
export function renderReport(report: ErrorReport, error: unknown, debug: boolean): string {
  const lines = report.message.split('\n');
  const text = [`qwarden: ${lines[0] ?? ''}`, ...lines.slice(1).map((line) => `qwarden: ${line}`)];
  if (report.remedy) text.push(...report.remedy.split('\n').map((line) => `  ${line}`));
  if (debug && error instanceof Error) text.push(stackOf(error));
  return `${text.join('\n')}\n`;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
