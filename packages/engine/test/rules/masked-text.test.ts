import { expect, it } from 'vitest';
import { builtinActions, maskedRuleText } from '../../src/index.ts';
import { EXAMPLE } from '../support/example-rules.ts';

const rule = (step: string, more = ''): string =>
  `version: 1\nrules:\n  - name: one\n    on: [created]\n${more}    do:\n      - ${step}\n`;

const shown = (text: string): string => maskedRuleText(text, builtinActions) ?? 'nothing';

it.each([
  'webhook: { url_env: HOOK, text: "token=S4CRET" }',
  'webhook: { url_env: HOOK, format: slack, text: "see {{path}}, api-key: S4CRET S4CRET" }',
  'webhook: { url_env: HOOK, headers_env: [S4CRET] }',
  'email: { to: a@b.test, text: "login with password: S4CRET" }',
  'email: { to: a@b.test, text: \'login with "passwd" = S4CRET and S4CRET\' }',
  'email: { to: a@b.test, text: "Authorization: Bearer S4CRET" }',
  'log: { message: "the key is here\\nsecret_1=S4CRET\\nbye" }',
  'email: { to: { address: S4CRET } }',
  'webhook: { bearer: S4CRET }',
  'webhook: { url: { here: S4CRET } }',
  'webhook: S4CRET',
  'run: [/bin/x, S4CRET]',
  'run: /bin/x S4CRET',
  'run: { command: [/bin/x, S4CRET] }',
  'run: { comand: [/bin/x, S4CRET] }',
  'email: { server: { host: mail.test, pasword: S4CRET } }',
  'webhook: { method: S4CRET }',
  'webhook: { url_env: HOOK }\n        method: S4CRET',
  'webhok: { text: S4CRET }',
  'run: { 1: S4CRET, ? { a: S4CRET } : S4CRET }',
])('of "%s" the bundle has no secret', (step) => {
  expect(shown(rule(step))).not.toContain('S4CRET');
});

it.each([
  rule('log: {}', '    actions: [{ webhook: { bearer: S4CRET } }]\n'),
  `steps: &a { text: S4CRET }\n${rule('webhook: *a')}`,
  `- webhook: { text: S4CRET }\n`,
  `a: &a [S4CRET, S4CRET]\nb: &b [*a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]\n`,
  `PATHS: [/a]\nHOOK: S4CRET\n`,
])('what stands where no rule has anything is not shown: %s', (text) => {
  expect(shown(text)).not.toContain('S4CRET');
});

it('shows what a helper needs', () => {
  const text = shown(EXAMPLE);
  expect(text.match(/•••/g)).toHaveLength(2);
  for (const part of ['https://chat.example.com/•••', '[ "/usr/local/bin/ingest", "•••" ]'])
    expect(text).toContain(part);
  const seed = 'PATHS:\n  - /a/b\nEXTENSIONS:\n  - pdf\nEVENTS:\n  - child_file_added\n';
  expect(shown(seed)).toBe(seed);
  const named = rule('webhook: { url_env: HOOK, secret_file: /run/secret, text: "token: {{job}}" }');
  expect(shown(named)).not.toContain('•••');
});
