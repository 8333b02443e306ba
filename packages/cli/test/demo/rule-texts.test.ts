import { builtinActions, loadRuleFile } from '@qwarden/engine';
import { expect, it } from 'vitest';
import { firstRules, furtherRules, RULES, selfFeedingRules } from '../../src/demo/rule-texts.ts';

const settings = { settleSeconds: 2, retention: '7d', webhook: 'http://127.0.0.1:1/events' };
const load = (text: string) => loadRuleFile(text, { source: 'rules.yml', actions: builtinActions });

it('the rules that the demo begins with are three, and the good reload adds one', () => {
  const first = load(firstRules(settings));
  expect(first).toMatchObject({ ok: true, warnings: [], ruleSet: { rules: { length: 3 } } });
  const further = load(furtherRules(settings));
  expect(further).toMatchObject({ ok: true, warnings: [] });
  expect(further.ok && further.ruleSet.rules.at(-1)?.name).toBe(RULES.readOnly);
});

it('the rule that would feed itself is refused, and named', () => {
  expect(load(selfFeedingRules(settings))).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringContaining('"number for ever" feeds itself') }],
  });
});
