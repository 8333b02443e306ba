import { Validator } from '@cfworker/json-schema';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtinActions, loadRules, rulesJsonSchema } from '../../src/index.ts';
import { EXAMPLE } from '../support/example-rules.ts';

const validator = new Validator(rulesJsonSchema(builtinActions), '2020-12', false);

/** What the loader says of it, and what an editor does. */
function verdicts(text: string): [loader: boolean, editor: boolean] {
  const { ok } = loadRules(text, { source: 'rules.yml', catalog: builtinActions });
  return [ok, validator.validate(parse(text)).valid];
}

const rule = (more: string, steps = '[log: {}]'): string =>
  `version: 1\nrules:\n  - name: one\n    on: [created]\n    ${more}\n    do: ${steps}\n`;

it.each([
  EXAMPLE,
  rule('', '[log: ]'),
  rule('', '\n      - log:\n      - snapshot:\n        continue_on_error: true'),
  rule('where: {}'),
  rule('where: { tag: { a: b }, depth: { min: 1 }, mode: { any: "0022" }, not: { depth: 3 } }'),
  rule('where: { time_zone: Europe/Berlin, weekday: mon, not: { time_zone: UTC, time_of_day: "01:00-02:00" } }'),
  rule('where: { moved_from: { not: { under: /a } } }'),
  rule('limits: { rate: 10/s, burst: 5 }'),
  rule('limits: { rate: 10/s }'),
])('an editor takes what the loader takes: %s', (text) => {
  expect(verdicts(text)).toEqual([true, true]);
});

it.each([
  rule('', '[{}]'),
  rule('', '[log]'),
  rule('', '[continue_on_error: true]'),
  rule('', '[{ log: {}, snapshot: {} }]'),
  rule('', '[{ log: {}, snapshot: {}, continue_on_error: true }]'),
  rule('', '[email: ]'),
  rule('', '[webhook: ]'),
  rule('', '[{ log: {}, continue_on_error: }]'),
  rule('where: { not: {} }'),
  rule('where: { any: [{}] }'),
  rule('where: { tag: {} }'),
  rule('where: { depth: {} }'),
  rule('where: { mode: {} }'),
  rule('where: { moved_from: {} }'),
  rule('where: { time_zone: UTC }'),
  rule('where: { not: { time_zone: UTC, under: /a } }'),
  rule('limits: { burst: 5 }'),
])('an editor refuses what the loader refuses: %s', (text) => {
  expect(verdicts(text)).toEqual([false, false]);
});

it('takes any action where none is known', () => {
  const open = new Validator(rulesJsonSchema({}), '2020-12');
  expect(open.validate(parse(rule('', '[of-your-own: { a: 1 }]'))).valid).toBe(true);
});
