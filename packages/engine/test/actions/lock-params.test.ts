import { expect, it } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import { formatProblem, loadRules } from '../../src/index.ts';

function problems(params: string): readonly string[] {
  const text = `version: 1\nrules: [{ name: a, do: [{ lock: ${params} }] }]\n`;
  const loaded = loadRules(text, { source: 'r.yml', catalog: builtinActions });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

it('a retention period of more than a hundred years is taken only from who says so: it can never be shortened', () => {
  expect(problems('{ retention: 100y }')).toEqual([]);
  expect(problems('{ retention: 500y }')).toEqual([expect.stringMatching(/retention.*allow_long_retention: true/)]);
  expect(problems('{ retention: 500y, allow_long_retention: false }')).toHaveLength(1);
  expect(problems('{ retention: 500y, allow_long_retention: true }')).toEqual([]);
});
