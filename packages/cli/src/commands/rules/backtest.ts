import {
  type Actions,
  backtest,
  type Backtest,
  type BacktestRow,
  builtinActions,
  type Change,
  loadRules,
  recordedChanges,
  type RuleSet,
} from '@qwarden/engine';
import { loadOwnActions } from '../../actions/own-actions.ts';
import { connectControl } from '../../control/client.ts';
import { ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { sinceOf } from '../../look/filters.ts';
import { type OpenStore, withStores } from '../../look/stores.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { rulesBacktestOptions } from '../../options/table/rules.ts';
import { print } from '../../output/print.ts';
import { tellUnreadable } from '../events/select.ts';
import { rulesOf } from './file.ts';

const NO_RULES: RuleSet = { hash: '', rules: [], text: '' };

interface Compared {
  readonly stateDir: string;
  readonly before: RuleSet;
  readonly result: Backtest;
}

/** `qwarden rules backtest`. */
export async function backtestRules(file: string, values: ValuesOf<typeof rulesBacktestOptions>): Promise<ExitCode> {
  const own = await loadOwnActions(values.actions);
  const after = rulesOf(file, own);
  const named = values.rules === undefined ? undefined : rulesOf(values.rules, own);
  const since = sinceOf(values.since, Date.now());
  const compared = await withStores(values.store, async (stores) => {
    const out: Compared[] = [];
    for (const store of stores) {
      const before = named ?? (await rulesInForce(store, own)) ?? NO_RULES;
      out.push({ stateDir: store.stateDir, before, result: await compare(store, before, after, since) });
    }
    return out;
  });
  if (values.json) {
    const shown = compared.map(({ stateDir, before, result }) => ({
      stateDir,
      before: before.hash || null,
      after: after.hash,
      ...result,
    }));
    await print([`${JSON.stringify(shown, undefined, 2)}\n`]);
  } else await print(compared.map((one) => inWords(one, values.rules)));
  return ExitCode.ok;
}

async function compare({ reader }: OpenStore, before: RuleSet, after: RuleSet, since: number): Promise<Backtest> {
  const own = new Map<string, string>();
  for await (const { match, change, rule } of reader.traces.matches({ since }))
    if (match === change.id) own.set(match, rule);
  async function* changes(): AsyncGenerator<Change> {
    for await (const { change } of recordedChanges(reader.log, { since, unreadable: tellUnreadable })) yield change;
  }
  return await backtest(changes(), { before, after }, own);
}

/** Those of the running monitor; else those that the last match was decided by. */
async function rulesInForce({ reader, place }: OpenStore, own: Actions): Promise<RuleSet | undefined> {
  const control = await connectControl(place);
  try {
    let text =
      control === undefined ? undefined : await reader.ruleSet((await control.ask('status', {})).monitor.ruleSet.hash);
    if (text === undefined) {
      for await (const { ruleSet } of reader.traces.matches({})) {
        text = await reader.ruleSet(ruleSet);
        if (text !== undefined) break;
      }
    }
    const loaded =
      text === undefined
        ? undefined
        : loadRules(text, { source: 'rules in force', catalog: { ...builtinActions, ...own } });
    return loaded?.ok === true ? loaded.ruleSet : undefined;
  } finally {
    control?.close();
  }
}

function inWords({ stateDir, before, result }: Compared, named: string | undefined): string {
  const old = named ?? (before.hash === '' ? 'no rules: none are known' : `rule set ${before.hash.slice(0, 12)}`);
  const { changes, ownEffects, same, more, less, undecided } = result;
  const lines = [
    `${stateDir}: ${changes} changes, ${ownEffects} of them our own effects; compared with ${old}`,
    `  the same: ${same}`,
    ...section('more', more),
    ...section('less', less),
    ...section('undecided (depends on the file as it was then)', undecided),
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}

function section(what: string, rows: readonly BacktestRow[]): string[] {
  if (rows.length === 0) return [`  ${what}: nothing`];
  return [
    `  ${what}:`,
    ...rows.flatMap(({ rule, does, matches, files, examples }) => [
      `    "${rule}": ${does}: ${matches} matches of ${files} files`,
      ...examples.map((path) => `      ${path}`),
    ]),
  ];
}
