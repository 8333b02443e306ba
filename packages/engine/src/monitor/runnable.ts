import type { Action } from '../actions/port.ts';
import type { RuleRate } from './rate.ts';

/** A rule with its actions at hand, as a job needs it. */
export interface RunnableRule {
  readonly name: string;
  readonly limits: RuleRate;
  readonly steps: readonly RunnableStep[];
}

export interface RunnableStep {
  readonly action: Action;
  readonly params: unknown;
  readonly continueOnError: boolean;
}

/** Finds the rule of a job in the rule set that the job was made with. */
export type FindRule = (ruleSet: string, rule: string) => Promise<RunnableRule | undefined>;
