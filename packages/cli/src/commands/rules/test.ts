import { type Change, compileRules, type Explanation, type Facts, FactsSource, type Matcher } from '@qwarden/engine';
import type { QumuloClient } from '@qwarden/qumulo-client';
import { loadOwnActions } from '../../actions/own-actions.ts';
import { connect } from '../../connect/connect.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { rulesTestOptions } from '../../options/table/rules.ts';
import { print } from '../../output/print.ts';
import { pathInWords } from '../events/rows.ts';
import { changeOfFlags, changesOfText } from './event.ts';
import { readNamed, rulesOf, sourceName } from './file.ts';

type TestSettings = Resolved<typeof rulesTestOptions>;

interface Tested {
  readonly change: Change;
  readonly rules: readonly Explanation[];
}

/** `qwarden rules test`. */
export async function testRules(file: string, settings: TestSettings): Promise<ExitCode> {
  const { values } = settings;
  const matcher = compileRules(rulesOf(file, await loadOwnActions(values.actions)));
  const changes = changesToTest(settings, Date.now());
  const client = values.host === undefined ? undefined : (await connect(settings, {})).client;
  try {
    const tested: Tested[] = [];
    for (const change of changes) tested.push({ change, rules: await explain(matcher, change, client) });
    if (values.json) {
      const shown = tested.map(({ change, rules }) => {
        const { type, path, movedFrom, fileId, stream } = change;
        return { change: { type, path, movedFrom, fileId, stream }, rules };
      });
      await print([`${JSON.stringify(shown, undefined, 2)}\n`]);
    } else await print(tested.map((one) => inWords(one, client !== undefined)));
  } finally {
    await client?.close();
  }
  return ExitCode.ok;
}

function changesToTest({ values }: TestSettings, nowMs: number): Change[] {
  if (values.event === undefined) return [changeOfFlags(values, nowMs)];
  const other = [values.path, values.type, values.movedFrom, values.fileId, values.stream].some(
    (one) => one !== undefined,
  );
  if (other)
    throw new CliError('usage', '--event and --path, --type … both describe a change.', {
      remedy: 'Give one of them.',
    });
  return changesOfText(readNamed(values.event), sourceName(values.event), nowMs);
}

/** Asks the cluster only for what a rule wants to know. */
async function explain(
  matcher: Matcher,
  change: Change,
  client: QumuloClient | undefined,
): Promise<readonly Explanation[]> {
  let facts: Facts = { now: change.at };
  let explained = matcher.explain(change, facts);
  if (client === undefined) return explained;
  const source = new FactsSource(client, new AbortController().signal);
  const ref = change.fileId === '' ? change.path : change.fileId;
  for (const ask of ['attributes', 'tags'] as const) {
    if (!explained.some(({ outcome }) => outcome === 'undecided')) break;
    facts =
      ask === 'attributes'
        ? { ...facts, attributes: await source.attributes(ref) }
        : { ...facts, tags: await source.tags(ref) };
    explained = matcher.explain(change, facts);
  }
  return explained;
}

function inWords({ change, rules }: Tested, asked: boolean): string {
  const lines = [`${change.type}  ${pathInWords(change)}`, ...rules.map(({ words }) => `  ${words}`)];
  if (!asked && rules.some(({ outcome }) => outcome === 'undecided'))
    lines.push('  What is undecided depends on the file itself: give --host and a login to ask the cluster.');
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}
