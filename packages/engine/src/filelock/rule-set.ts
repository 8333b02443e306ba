import { formatDuration } from '../rules/schema/duration.ts';
import { FILELOCK } from '../ledger/reason.ts';
import { checkRetention } from '../retention/index.ts';
import type { FilelockPolicy } from './policy.ts';

/** Name of the one rule of `filelock`: jobs carry it, and a state directory may have been used for another directory before. */
export function ruleNameOf(directoryId: string): string {
  return `${FILELOCK}${directoryId}`;
}

/** Conditions that a path answers: they stand under `where`, and under `moved_from`. */
interface Covered {
  readonly all: readonly object[];
}

export interface RuleSetOf {
  readonly rule: string;
  /** The policy in one line. */
  readonly why: string;
  readonly policy: FilelockPolicy;
  /** Absolute paths of the watched directory: what it is called now, and what it was called since the oldest of what is left. */
  readonly roots: readonly string[];
  /** Local clock, ms. */
  readonly now: number;
}

/**
 * The rule set that a policy is: a file that comes under the policy gets a retention lock once it is quiet. A rename makes a file new only
 * when the policy did not cover its old name. */
export function ruleSetOf({ rule, why, policy, roots, now }: RuleSetOf): string {
  const covered = coveredBy(policy, roots);
  const { retention, legalHold, extend, waitForClose, intervalMs } = policy;
  return JSON.stringify({
    version: 1,
    rules: [
      {
        name: rule,
        description: why,
        on: ['child_file_added', 'child_file_moved_to', 'child_file_renamed'],
        where: { ...covered, not: { moved_from: covered } },
        settle: formatDuration(intervalMs),
        // What comes while a retention lock is being set is looked at afterwards, not instead.
        mode: 'queued',
        case_sensitive: true,
        do: [
          {
            lock: {
              ...(retention === undefined ? {} : { retention: retention.text }),
              legal_hold: legalHold,
              extend,
              wait_for_close: waitForClose,
              ...(isLong(retention, now) ? { allow_long_retention: true } : {}),
            },
          },
        ],
      },
    ],
  });
}

/** So long that who asked for it had to say so. */
function isLong(retention: FilelockPolicy['retention'], now: number): boolean {
  if (retention === undefined) return false;
  try {
    checkRetention(retention, now, { allowLong: false });
    return false;
  } catch {
    return true;
  }
}

function coveredBy({ include, exclude, builtinExcludes }: FilelockPolicy, roots: readonly string[]): Covered {
  const all: object[] = [{ under: roots }];
  if (builtinExcludes) all.push({ temporary: false });
  if (exclude.length > 0) all.push({ not: { any: exclude.flatMap((glob) => meets(glob, roots)) } });
  if (include.length > 0) all.push({ any: include.flatMap((glob) => meets(glob, roots)) });
  return { all };
}

/** A glob without `/` is compared with the name; with `/`, with the path below the watched directory; with a leading `/`, with the path. */
function meets(glob: string, roots: readonly string[]): object[] {
  if (!glob.includes('/')) return [{ name: glob }];
  if (glob.startsWith('/')) return [{ path: glob }];
  return roots.map((root) => ({ path: `${root === '/' ? '' : literally(root)}/${glob}` }));
}

/** As a glob that means the text itself. */
function literally(text: string): string {
  return text.replaceAll(/[*?[\]{}\\]/g, String.raw`\$&`);
}
