import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startCluster } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { qwarden, start, temporaryDirectory } from './support/qwarden.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/actions', import.meta.url));

const RULES = `
version: 1
rules:
  - name: mark
    on: created
    where: { under: /records, not: { name: "*.seen" } }
    settle: 0s
    do: [{ touch-marker: { suffix: .seen } }]
`;

test('the example of an own action works, and its parameters are checked', async () => {
  const cluster = await startCluster();
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'rules.yml'), RULES);
  const place = { cwd, env: cluster.env };
  const checked = await qwarden(['rules', 'check', 'rules.yml', '--actions', EXAMPLE], place);
  expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('1 rules')]);
  const without = await qwarden(['rules', 'check', 'rules.yml'], place);
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('touch-marker')]);
  writeFileSync(join(cwd, 'wrong.yml'), RULES.replace('.seen }', '"9" }'));
  const own = ['--actions', EXAMPLE];
  const tested = await qwarden(['rules', 'test', 'rules.yml', '--path', '/records/a', '--type', 'created', ...own], {
    cwd,
  });
  expect([tested.code, tested.stdout]).toEqual([0, expect.stringContaining('mark: match')]);
  const explained = await qwarden(['rules', 'explain', 'rules.yml', ...own], place);
  expect([explained.code, explained.stdout]).toEqual([0, expect.stringContaining('touch-marker')]);
  const schema = await qwarden(['rules', 'schema', ...own], place);
  expect([schema.code, schema.stdout]).toEqual([0, expect.stringContaining('touch-marker')]);
  const wrong = await qwarden(['rules', 'check', 'wrong.yml', '--actions', EXAMPLE], place);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/^wrong\.yml:8:\d+: .*suffix/m)]);
  const running = start(['monitor', '--rules', 'rules.yml', '--actions', EXAMPLE, '--store', 'sqlite:state'], place);
  await running.until('Listening for change notifications');
  await cluster.client.files.createFile('/records', 'a.pdf');
  await eventually(() =>
    expect(running.stdout).toContain('Done "mark", touch-marker: /records/a.pdf: made a.pdf.seen'),
  );
  expect((await running.stop()).code).toBe(0);
  const back = await qwarden(['rules', 'backtest', 'rules.yml', '--json', '--store', 'sqlite:state', ...own], place);
  expect([back.code, JSON.parse(back.stdout)]).toMatchObject([0, [{ same: 1, more: [], less: [] }]]);
});

test.each([
  ['export default 7;\n', 'its default export is no action'],
  ["export default { name: 'Bad Name' };\n", '"name" is not a keyword'],
  ["export default { name: 'mine', summary: 'x' };\n", '"mine" lacks params, effects, privileges, dryRun, run'],
  ["throw new Error('broken here');\n", 'it cannot be loaded: broken here'],
])('a module that is no action is refused in words: %j', async (text, message) => {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'mine.mjs'), text);
  writeFileSync(join(cwd, 'rules.yml'), RULES);
  const refused = await qwarden(['rules', 'check', 'rules.yml', '--actions', 'mine.mjs'], { cwd });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(message)]);
});
