import type { Retention } from '../retention/index.ts';

/** What `filelock` does to which files. One policy is one rule of the engine. */
export interface FilelockPolicy {
  /** Absent: the retention period of a file is left as it is, and only the legal hold is set. */
  readonly retention?: Retention | undefined;
  /** Sets the legal hold. Never clears one. */
  readonly legalHold: boolean;
  /** Extends a retention period that is there already and ends earlier than the policy asks. */
  readonly extend: boolean;
  /** Settle time in ms: quiet time since a file's last change. 0 = at once. */
  readonly intervalMs: number;
  /** Globs (see `compileSelection`); empty = every file. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly builtinExcludes: boolean;
  /** For files that were there before the watch began. */
  readonly existing: 'ignore' | 'report' | 'lock';
  /** Before a retention lock is set, ask whether SMB or NFS clients still hold the file open. */
  readonly waitForClose: boolean;
}

/** One line that says what a policy does, for the ledger's `why`: `filelock /records --retention 7y`. */
export function describePolicy(watchPath: string, recursive: boolean, policy: FilelockPolicy): string {
  const parts = ['filelock', watchPath];
  if (recursive) parts.push('--recursive');
  if (policy.retention !== undefined) parts.push('--retention', policy.retention.text.replaceAll(' ', ''));
  if (policy.legalHold) parts.push('--legal-hold');
  if (policy.extend) parts.push('--extend');
  for (const glob of policy.include) parts.push('--include', JSON.stringify(glob));
  for (const glob of policy.exclude) parts.push('--exclude', JSON.stringify(glob));
  if (!policy.builtinExcludes) parts.push('--no-builtin-excludes');
  return parts.join(' ');
}
