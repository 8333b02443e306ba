import type { Actions } from '../actions/port.ts';
import { changeTypes } from '../events/kinds.ts';
import type { QueueStore } from '../queue/port.ts';
import type { ActionCatalog } from '../rules/catalog.ts';
import { loadRules } from '../rules/load/load-rules.ts';
import { loadRuleFile } from './load-rule-file.ts';
import { formatProblem, type Problem } from '../rules/load/problem.ts';
import { diffRuleSets, type RuleSetDiff } from '../rules/match/diff.ts';
import { compileRules, type Matcher } from '../rules/match/matcher.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import type { RunnableRule } from './runnable.ts';

export type LoadOutcome =
  | {
      readonly ok: true;
      readonly ruleSet: RuleSet;
      readonly diff: RuleSetDiff;
      readonly warnings: readonly Problem[];
      readonly same: boolean;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

function keptCatalog(actions: Actions): ActionCatalog {
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]) => {
      const { summary } = action;
      return [name, { summary, params: (zod) => action.keptParams?.(zod) ?? action.params(zod) }];
    }),
  );
}

/** Rules that are not in anybody's file: what the engine does for its own sake. */
export const BUILTIN_RULES = 'builtin';

/**
 * The rules in force, and those that jobs were made with. A set that is taken in is durable before it matches anything, so that its jobs
 * can be carried out whatever happens to the file.
 */
export class RuleBook {
  readonly #actions: Actions;
  readonly #store: Pick<QueueStore, 'keepRuleSet' | 'ruleSet'>;
  readonly #now: () => number;
  readonly #builtin: readonly RunnableRule[];
  /** By hash, then by name. */
  readonly #runnable = new Map<string, ReadonlyMap<string, RunnableRule>>();
  #matcher: Matcher;

  constructor(options: {
    readonly actions: Actions;
    readonly store: Pick<QueueStore, 'keepRuleSet' | 'ruleSet'>;
    readonly now: () => number;
    readonly builtin: readonly RunnableRule[];
  }) {
    this.#actions = options.actions;
    this.#store = options.store;
    this.#now = options.now;
    this.#builtin = options.builtin;
    this.#matcher = compileRules({ hash: '', rules: [], text: '' });
  }

  get matcher(): Matcher {
    return this.#matcher;
  }

  get ruleSet(): RuleSet {
    return this.#matcher.ruleSet;
  }

  /** Takes in the text of a rule file. A broken one changes nothing. Rejects with StateError. */
  async load(text: string, source: string): Promise<LoadOutcome> {
    const loaded = loadRuleFile(text, { source, actions: this.#actions });
    if (!loaded.ok) return loaded;
    const { ruleSet, warnings } = loaded;
    const diff = diffRuleSets(this.ruleSet, ruleSet);
    const same = ruleSet.hash === this.ruleSet.hash;
    if (!same) {
      await this.#store.keepRuleSet(ruleSet.hash, ruleSet.text, this.#now());
      this.#runnable.set(ruleSet.hash, this.#makeRunnable(ruleSet));
      // Between two changes: the reader asks for the matcher anew for each.
      this.#matcher = compileRules(ruleSet);
    }
    return { ok: true, ruleSet, diff, warnings, same };
  }

  /** The rule of a job, as it was when the job was made. Rejects with StateError. */
  async find(hash: string, name: string): Promise<RunnableRule | undefined> {
    if (hash === BUILTIN_RULES) return this.#builtin.find((rule) => rule.name === name);
    let rules = this.#runnable.get(hash);
    if (rules === undefined) {
      const text = await this.#store.ruleSet(hash);
      if (text === undefined) return undefined;
      const loaded = loadRules(text, { source: `rule set ${hash.slice(0, 12)}`, catalog: keptCatalog(this.#actions) });
      if (!loaded.ok) return undefined;
      rules = this.#makeRunnable(loaded.ruleSet);
      this.#runnable.set(hash, rules);
    }
    return rules.get(name);
  }

  /** Why there is nothing to `find` in a rule set, for people. Rejects with StateError. */
  async whyNot(hash: string): Promise<string> {
    const name = `rule set ${hash.slice(0, 12)}`;
    const text = await this.#store.ruleSet(hash);
    const about = `The ${name} that this job was made with cannot be read any more`;
    if (text === undefined) return `${about}.`;
    const loaded = loadRules(text, { source: name, catalog: keptCatalog(this.#actions) });
    if (loaded.ok) return `${about}.`;
    const problems = loaded.problems.map(formatProblem).join('; ');
    return `${about}: ${problems} (Actions of your own must be given to every worker, with --actions.)`;
  }

  #makeRunnable(ruleSet: RuleSet): ReadonlyMap<string, RunnableRule> {
    return new Map(ruleSet.rules.map((rule) => [rule.name, this.#runnableRule(rule)]));
  }

  #runnableRule(rule: Rule): RunnableRule {
    const { rate, burst, perHour } = rule.limits;
    const steps = rule.do.flatMap(({ action: name, params, continueOnError }) => {
      const action = this.#actions[name];
      return action === undefined ? [] : [{ action, params, continueOnError }];
    });
    const anyChange = compileRules({ hash: '', text: '', rules: [{ ...rule, on: changeTypes, enabled: true }] });
    return {
      name: rule.name,
      description: rule.description,
      changesFiles: steps.some(
        ({ action, params }) => action.unforeseeable === true || action.effects(params).length > 0,
      ),
      covers(change, path, attributes) {
        const [candidate] = anyChange.match({ ...change, path });
        if (candidate === undefined || attributes === undefined) return candidate !== undefined;
        // How old it is, what time it is, and a retention lock that an earlier try has set were matters of the moment of the match.
        return !anyChange.rulesOut(candidate, { now: Number.NaN, attributes });
      },
      decide(change, facts) {
        const [candidate] = anyChange.match(change);
        return candidate === undefined ? 'no match' : anyChange.decide(candidate, facts);
      },
      limits: { rate: rate === null ? null : { runs: rate.count, perMs: rate.perMs }, burst, perHour },
      steps,
    };
  }
}
