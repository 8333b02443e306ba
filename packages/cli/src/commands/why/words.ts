import type { AttemptTrace, LockRecord, Story, StoryMatch, StoryPart } from '@qwarden/engine';
import { inWords } from '../../output/duration.ts';
import { pathInWords } from '../events/rows.ts';
import { waitsFor } from '../jobs/states.ts';

const OUTCOMES: { readonly [O in AttemptTrace['outcome']]: string } = {
  done: 'done',
  skipped: 'nothing to do',
  gone: 'the file is gone',
  'not-yet': 'not yet',
  transient: 'failed, to be tried again',
  failed: 'failed',
  would: 'would do (dry run)',
  cancelled: 'cancelled',
};

/** A story as lines for people, oldest first. Names in it are not escaped yet. */
export function storyLines(subject: string, story: Story, nowMs: number): string[] {
  const { paths, fileIds, parts, locks, earlier } = story;
  if (parts.length === 0 && locks.length === 0) return [`Nothing is known of ${subject}.`];
  const only = fileIds.length === 1;
  const lines = [only ? `${paths[0] ?? subject} (file id ${fileIds[0]})` : `${subject}: ${fileIds.length} files`];
  if (only && paths.length > 1) lines.push(`  also known as ${paths.slice(1).join(', ')}`);
  for (const lock of locks) lines.push(`  retention lock: ${lockInWords(lock)}${only ? '' : ` (${lock.path})`}`);
  if (earlier) lines.push('  (earlier changes are left out; --limit shows more)');
  for (const part of parts) lines.push('', ...partLines(part, nowMs));
  if (parts.length === 0) lines.push('', 'No change of it is recorded any more.');
  else if (parts.every(({ matches, ownEffectOf }) => matches.length === 0 && ownEffectOf === null)) {
    lines.push(
      '',
      'No rule matched any of it. "qwarden rules test FILE --path PATH --type TYPE" says which condition is in the way.',
    );
  }
  return lines;
}

function partLines({ change, matches, ownEffectOf }: StoryPart, nowMs: number): string[] {
  const lines = [`${time(change.at)}  ${change.type}  ${pathInWords(change)}`];
  if (ownEffectOf !== null) lines.push(`  recognised as our own effect, of the rule "${ownEffectOf}"`);
  for (const match of matches) lines.push(...matchLines(match, nowMs));
  if (matches.length === 0 && ownEffectOf === null) lines.push('  no rule matched');
  return lines;
}

function matchLines({ trace, attempts, job }: StoryMatch, nowMs: number): string[] {
  const lines = [
    `  ${trace.change.undecided === true ? 'may match' : 'matched'} "${trace.rule}"${becauseOf(trace.conditions)}`,
  ];
  if (trace.verdict !== 'armed') lines.push(`    ${verdictInWords(trace.verdict)}`);
  for (const attempt of attempts) lines.push(`    ${attemptInWords(attempt)}`);
  if (job !== null) {
    const error = job.lastError === null ? '' : `: ${job.lastError}`;
    lines.push(`    still to be done: step ${job.step + 1}, ${waitsFor(job, nowMs)}${error}`);
  } else if (attempts.length === 0 && (trace.verdict === 'armed' || trace.verdict === 'settles anew'))
    lines.push('    dealt with by a later match');
  return lines;
}

/** What the ledger says. */
function lockInWords(lock: LockRecord): string {
  const { state, retentionPeriod, legalHold, lockedAt, recordedAt, why, lastError, note } = lock;
  const period = retentionPeriod === null ? [] : [`until ${retentionPeriod}`];
  const terms = [...period, ...(legalHold ? ['on legal hold'] : [])].join(', ');
  const besides = note === null ? '' : ` (${note})`;
  switch (state) {
    case 'locked':
      return `${terms}, set at ${time(lockedAt ?? recordedAt)} because of ${why}${besides}`;
    case 'already-locked':
      return `${terms}, found at ${time(recordedAt)}, ${why}${besides}`;
    case 'failed':
      return `none: it could not be set at ${time(recordedAt)}, ${why}: ${lastError ?? 'unknown reason'}${besides}`;
    case 'skipped':
    case 'forgotten':
      return `none: ${state} at ${time(recordedAt)}, ${why}${besides}`;
    default:
      return state satisfies never;
  }
}

/** One try of one step. */
export function attemptInWords({ at, action, step, attempt, outcome, note, tookMs }: AttemptTrace): string {
  const what = action === '' ? '' : `step ${step + 1}, ${action}: `;
  const tries = attempt > 1 && action !== '' ? ` (try ${attempt})` : '';
  const took = tookMs > 0 ? `, ${inWords(tookMs)}` : '';
  return `${time(at)}  ${what}${OUTCOMES[outcome]}${note === '' ? '' : `: ${note}`}${tries}${took}`;
}

/** The trace keeps what the matcher's `explain` said. */
function becauseOf(conditions: string): string {
  const explained: unknown = JSON.parse(conditions);
  if (typeof explained !== 'object' || explained === null || !('because' in explained)) return '';
  const { because } = explained;
  if (typeof because !== 'object' || because === null) return ', which has no condition';
  if (!('condition' in because) || !('seen' in because)) return '';
  return ` because ${String(because.condition)}: ${String(because.seen)}`;
}

function verdictInWords(verdict: string): string {
  if (verdict === 'settles anew') return 'its job waited already, and settles anew';
  return verdict;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
