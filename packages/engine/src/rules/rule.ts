import type { ChangeType } from '../events/kinds.ts';
import type { RuleMode } from './schema/rule.ts';
import type { Rate } from './schema/rate.ts';
import type { Where } from './schema/where.ts';

/** One action of a rule. */
export interface RuleStep {
  readonly action: string;
  /** What the schema of the action made of the parameters. */
  readonly params: unknown;
  /** The parameters as they were written. */
  readonly written: unknown;
  readonly continueOnError: boolean;
}

export interface RuleCount {
  readonly matches: number;
  readonly withinMs: number;
  readonly per: 'directory' | 'rule' | 'watch';
}

export interface RuleLimits {
  readonly rate: Rate | null;
  readonly burst: number | null;
  readonly perHour: number | null;
}

/** A rule with defaults applied, frozen. */
export interface Rule {
  readonly name: string;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly on: readonly ChangeType[];
  /** Null = no condition. */
  readonly where: Where | null;
  readonly count: RuleCount | null;
  readonly settleMs: number;
  readonly mode: RuleMode;
  readonly limits: RuleLimits;
  /** Null = extensions without case, everything else with case. */
  readonly caseSensitive: boolean | null;
  readonly do: readonly RuleStep[];
}

export interface RuleSet {
  /** SHA-256 (hex) of {@link text}. */
  readonly hash: string;
  readonly rules: readonly Rule[];
  /** Normalised JSON from which the very same rule set is loaded again. */
  readonly text: string;
}
