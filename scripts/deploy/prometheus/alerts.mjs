// Are the alerts valid, does each have a test, and would that test notice if the alert were wrong?
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { nodePath, root } from '../../toolchain.mjs';
import { home, metricsOf, promtool, promtoolOk, seriesNames, writeIn } from './promtool.mjs';

export const here = join(root, 'deploy', 'prometheus');
const readHere = (name) => readFileSync(join(here, name), 'utf8');

/** Every alert of deploy/prometheus/alerts.yml. */
export function alerts() {
  return parse(readHere('alerts.yml')).groups.flatMap(({ rules }) => rules);
}

export async function testAlerts(test, programs) {
  await test('promtool accepts the alerts and the example of a configuration', () => {
    promtoolOk(programs, ['check', 'rules', 'alerts.yml'], { cwd: here });
    promtoolOk(programs, ['check', 'config', 'prometheus.yml'], { cwd: here });
  });
  await test('each alert stays quiet, fires and clears as its test says', () =>
    promtoolOk(programs, ['test', 'rules', 'alerts.test.yml'], { cwd: here }));
  await test('no alert lacks its test', everyAlertIsTested);
  await test('each test notices that its alert never fires, and that it never clears', () => testsCanFail(programs));
  await test('alerts speak of metrics that there are', everyMetricIsThere);
  await test('each alert says what it is about, and what to do', everyAlertSpeaks);
  await test('commands that alerts name are commands', everyCommandIsOne);
}

function everyAlertIsTested() {
  const { tests } = parse(readHere('alerts.test.yml'));
  for (const { alert } of alerts()) {
    const own = tests.filter(({ name }) => name === alert).flatMap(({ promql_expr_test }) => promql_expr_test);
    const about = own.filter(({ expr }) => expr.includes(`alertname="${alert}", alertstate="firing"`));
    const firing = about.findIndex(({ exp_samples }) => exp_samples.length > 0);
    if (firing < 1) throw new Error(`${alert}: no test says when it is quiet, and then fires`);
    if (about.at(-1).exp_samples.length > 0) throw new Error(`${alert}: no test says when it has cleared`);
  }
  const names = new Set(alerts().map(({ alert }) => alert));
  for (const { name } of tests) if (!names.has(name)) throw new Error(`the test ${name} is of no alert`);
}

/** Plants an error in each alert in turn. */
function testsCanFail(programs) {
  const file = parse(readHere('alerts.yml'));
  const { tests, ...rest } = parse(readHere('alerts.test.yml'));
  const unnoticed = [];
  for (const group of file.groups) {
    for (const rule of group.rules) {
      const own = tests.filter(({ name }) => name === rule.alert);
      for (const [what, wrong] of [
        ['never fires', { ...rule, expr: 'vector(1) > 2' }],
        ['never clears', { ...rule, expr: 'vector(1)', for: undefined }],
      ]) {
        writeIn(home, 'alerts.yml', stringify({ groups: [{ ...group, rules: [wrong] }] }));
        writeIn(home, 'alerts.test.yml', stringify({ ...rest, tests: own }));
        if (promtool(programs, ['test', 'rules', 'alerts.test.yml']).ok) unnoticed.push(`${rule.alert} ${what}`);
      }
    }
  }
  if (unnoticed.length > 0) throw new Error(`no test notices: ${unnoticed.join(', ')}`);
}

async function everyMetricIsThere() {
  const { metricTable } = await import('../../../packages/engine/dist/metrics/table.js');
  const known = new Set(Object.values(metricTable).flatMap(seriesNames));
  const unknown = alerts().flatMap(({ expr }) => metricsOf(expr).filter((name) => !known.has(name)));
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}`);
}

function everyAlertSpeaks() {
  for (const { alert, labels, annotations } of alerts()) {
    if (!['warning', 'critical'].includes(labels?.severity)) throw new Error(`${alert} has no severity`);
    for (const one of ['summary', 'description'])
      if (!/^\S.*\S$/s.test(annotations?.[one] ?? '')) throw new Error(`${alert} has no ${one}`);
  }
}

/** `"qwarden …"` in the texts: each word and option is in the help of the command. */
function everyCommandIsOne() {
  const texts = alerts().flatMap(({ annotations }) => Object.values(annotations));
  const commands = new Set(texts.flatMap((text) => [...text.matchAll(/"qwarden ([^"]+)"/g)].map(([, words]) => words)));
  if (commands.size < 5) throw new Error('the alerts name no commands');
  const main = join(root, 'packages', 'cli', 'dist', 'main.js');
  for (const command of commands) {
    const words = command.split(' ');
    const name = words.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'));
    const { status, stdout } = spawnSync(nodePath(), [main, ...name, '--help'], { encoding: 'utf8' });
    const unknown = words.filter((word) => word.startsWith('--') && !new RegExp(`^  ${word}\\s`, 'm').test(stdout));
    if (status !== 0 || !stdout.startsWith(`Usage: qwarden ${name.join(' ')}`) || unknown.length > 0)
      throw new Error(`"qwarden ${command}" is no command:\n${stdout.slice(0, 200)}`);
  }
}
