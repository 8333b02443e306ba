import {
  type Actions,
  builtinActions,
  type Finding,
  findingsOf,
  formatProblem,
  loadRuleFile,
  privilegesOfFilelock,
  privilegesOfRules,
  type RuleSet,
  type WantedPrivilege,
} from '@qwarden/engine';
import { basename } from 'node:path';
import { loadOwnActions } from '../actions/own-actions.ts';
import { readRuleFile } from '../commands/monitor/rule-file.ts';
import { CliError } from '../errors/cli-error.ts';
import { oneLine } from '../log/escape.ts';
import type { Subject } from './subject.ts';

const rules = findingsOf('rules');
const own = findingsOf('own-actions');

export interface RulesExamination {
  readonly findings: readonly Finding[];
  /** Of the rule file, when it is whole. */
  readonly ruleSet: RuleSet | undefined;
  /** What this process needs of the cluster because of them. */
  readonly privileges: readonly WantedPrivilege[];
}

const MOST_PROBLEMS = 20;

/** The rule file as the monitor would load it, and what its actions need; of `filelock` the same from its policy. */
export async function examineRules(subject: Subject): Promise<RulesExamination> {
  const { filelock, rules: plan, role } = subject;
  if (filelock !== undefined)
    return { findings: [], ruleSet: undefined, privileges: privilegesOfFilelock(filelock.policy.waitForClose) };
  if (plan === undefined) return { findings: [], ruleSet: undefined, privileges: [] };
  const findings: Finding[] = [];
  let actions: Actions = builtinActions;
  try {
    const loaded = await loadOwnActions(plan.actions);
    actions = { ...actions, ...loaded };
    if (plan.actions.length > 0) findings.push(own.ok(`Own actions: ${Object.keys(loaded).join(', ')}.`));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    findings.push(own.failed(oneLine(error.message), error.remedy));
  }
  const { ruleSet, ...read } = readRules(plan, actions, role);
  findings.push(...read.findings);
  // What rules do, workers do.
  const needed = ruleSet === undefined || role === 'watcher' ? [] : privilegesOfRules(ruleSet.rules, actions);
  return { findings, ruleSet, privileges: needed };
}

function readRules(
  { file, named }: { file: string; named: boolean },
  actions: Actions,
  role: Subject['role'],
): { findings: Finding[]; ruleSet: RuleSet | undefined } {
  const none = (finding: Finding) => ({ findings: [finding], ruleSet: undefined });
  let text: string;
  try {
    text = readRuleFile(file);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const message = oneLine(error.message);
    if (named || role === 'watcher') return none(rules.failed(message, error.remedy));
    return none(rules.skipped(`${message} Privileges and receivers are looked at for a rule file: --rules FILE.`));
  }
  const loaded = loadRuleFile(text, { source: basename(file), actions });
  if (!loaded.ok) {
    const shown = loaded.problems.slice(0, MOST_PROBLEMS).map((problem) => oneLine(formatProblem(problem)));
    const more = loaded.problems.length - shown.length;
    const message = `${file} is broken: ${shown.join(' ')}${more > 0 ? ` … and ${more} more` : ''}`;
    return none(rules.failed(message, `Correct it; "qwarden rules check ${file}" looks at it alone.`));
  }
  const { ruleSet, warnings } = loaded;
  const on = ruleSet.rules.filter(({ enabled }) => enabled).length;
  const findings = [rules.ok(`${file}: ${on} rules in force (${ruleSet.hash.slice(0, 12)}).`)];
  for (const warning of warnings)
    findings.push(rules.warning(oneLine(formatProblem(warning)), 'Correct the rule file.'));
  return { findings, ruleSet };
}
