import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { builtinActions } from '../../src/actions/catalog.ts';
import { formatProblem } from '../../src/index.ts';
import { loadRuleFile } from '../../src/monitor/load-rule-file.ts';

const deploy = new URL('../../../../deploy/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, deploy), 'utf8');

/** Everything that is said against a rule file, warnings too. */
function against(text: string, source: string): string[] {
  const loaded = loadRuleFile(text, { source, actions: builtinActions });
  return (loaded.ok ? loaded.warnings : loaded.problems).map(formatProblem);
}

const valuesSchema = z.looseObject({ rules: z.looseObject({ text: z.string().optional() }).optional() });

/** The rule file that stands in values of the chart, if one does. */
function rulesIn(values: string): string | undefined {
  return valuesSchema.parse(parse(read(values))).rules?.text;
}

describe('rule files that are deployed as they are can be used, and mean what they say', () => {
  const compose = readdirSync(new URL('compose/', deploy), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('rules/rules.yml'),
  );

  it.each(compose)('compose: %s', (path) => {
    expect(against(read(`compose/${path}`), path)).toEqual([]);
  });

  const chart = readdirSync(new URL('helm/qwarden/ci/', deploy)).map((name) => `helm/qwarden/ci/${name}`);
  const withRules = chart.flatMap((path) => {
    const text = rulesIn(path);
    return text === undefined ? [] : [{ path, text }];
  });

  it.each(withRules)('$path', ({ path, text }) => {
    expect(against(text, path)).toEqual([]);
  });

  it('the default of the chart has no rules, which is said', () => {
    const text = rulesIn('helm/qwarden/values.yaml');
    expect(against(text ?? '', 'values.yaml')).toEqual([
      'values.yaml:2:8: rules: There are no rules: nothing will be done.',
    ]);
  });

  it('there are some', () => {
    expect([compose.length, withRules.length]).toEqual([2, 2]);
  });
});
