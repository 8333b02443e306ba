import { oneLine } from '../../text/one-line.ts';
import { formatDuration } from '../../rules/schema/duration.ts';
import type { ActionOutcome, CommandResult } from '../port.ts';
import { masked } from '../secrets/mask.ts';
import type { RunParams } from './schema.ts';

const MOST_LINES = 3;
const MOST_WORDS = 300;
/** Handed on to later steps. */
const MOST_HANDED_ON = 4096;

export function judgeResult(result: CommandResult, params: RunParams, secrets: readonly string[]): ActionOutcome {
  const program = params.command[0];
  const words = lastWords(result, secrets);
  const transient = (reason: string): ActionOutcome => ({
    kind: 'transient',
    reason: `${reason}${words}`,
    target: 'file',
    overload: false,
  });
  if (result.timedOut) return transient(`${program} took longer than ${formatDuration(params.timeout)} and was ended`);
  // By the kernel for want of memory, or by a person: neither says anything about the file.
  if (result.exitCode === null) return transient(`${program} was ended by ${result.signal ?? 'a signal'}`);
  const code = result.exitCode;
  if (params.success_codes.includes(code)) {
    const stdout = masked(result.stdout.trimEnd(), secrets).slice(-MOST_HANDED_ON);
    return {
      kind: 'done',
      note: `${program} ended with exit code ${code}${words}`,
      output: { exit_code: String(code), stdout },
    };
  }
  const reason = `${program} ended with exit code ${code}`;
  if (params.retry_codes.includes(code)) return transient(reason);
  const remedy =
    'Look at what it says; then retry the job or discard it. An exit code of "retry_codes" makes qwarden try again by itself.';
  return { kind: 'failed', reason: `${reason}${words}`, remedy };
}

/** What it said last: on stderr, if it said anything there. */
function lastWords({ stdout, stderr }: CommandResult, secrets: readonly string[]): string {
  const said = [stderr, stdout].map((text) => text.trim()).find((text) => text !== '');
  if (said === undefined) return '';
  // Masked before it is cut: half a secret is one too.
  const lines = masked(said, secrets)
    .split('\n')
    .slice(-MOST_LINES)
    .map((line) => oneLine(line.trim()));
  const text = lines.filter((line) => line !== '').join(' | ');
  return `: ${text.length > MOST_WORDS ? `…${text.slice(-MOST_WORDS)}` : text}`;
}
