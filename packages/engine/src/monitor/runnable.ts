import type { FileAttributes } from '@qwarden/qumulo-client';
import type { Change } from '../events/change.ts';
import type { Action } from '../actions/port.ts';
import type { Facts } from '../rules/facts.ts';
import type { Verdict } from '../rules/match/matcher.ts';
import type { RuleRate } from './rate.ts';

/** A rule with its actions at hand, as a job needs it. */
export interface RunnableRule {
  readonly name: string;
  readonly description: string | null;
  readonly limits: RuleRate;
  readonly steps: readonly RunnableStep[];
  /** Can its actions change a file, so that its runaways have to be stopped? What only tells of changes runs as often as there are some. */
  readonly changesFiles: boolean;
  /** Would it still be for a file that is now under this path, and is like this, as far as the change, path and attributes tell? */
  covers(change: Change, path: string, attributes?: FileAttributes): boolean;
  /** As the matcher decides, for a change that was left undecided. */
  decide(change: Change, facts: Facts): Verdict;
}

export interface RunnableStep {
  readonly action: Action;
  readonly params: unknown;
  readonly continueOnError: boolean;
}

/** Finds the rule of a job in the rule set that the job was made with. */
export type FindRule = (ruleSet: string, rule: string) => Promise<RunnableRule | undefined>;
