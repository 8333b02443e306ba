import type { Finding } from '@qwarden/engine';
import { ExitCode } from '../errors/cli-error.ts';

/** Failed before incomplete: what does not work is known, whatever else could not be looked at. Warnings leave it at 0. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  if (findings.some(({ verdict }) => verdict === 'failed')) return ExitCode.failed;
  return findings.some(({ verdict }) => verdict === 'unknown') ? ExitCode.incomplete : ExitCode.ok;
}
