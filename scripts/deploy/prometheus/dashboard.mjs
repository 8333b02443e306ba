// Is the dashboard what its script makes, are its queries PromQL, and does it show each metric that there is, and no other?
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { nodePath, root } from '../../toolchain.mjs';
import { home, metricsOf, promtool, promtoolOk, seriesNames, writeIn } from './promtool.mjs';

/** Each query of the dashboard, with its variables filled in. */
export function queries() {
  const { panels } = JSON.parse(readFileSync(join(root, 'deploy', 'grafana', 'qwarden.json'), 'utf8'));
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.*').replaceAll('$instance', '.*'),
    })),
  );
}

export async function testDashboard(test, programs) {
  await test('the dashboard is what scripts/grafana makes', () => {
    const done = spawnSync(nodePath(), [join(root, 'scripts', 'grafana.mjs'), '--check'], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
  });
  await test('promtool accepts each query of the dashboard, and would not accept another', () => {
    const rules = (exprs) => ({
      groups: [{ name: 'dashboard', rules: exprs.map((expr, n) => ({ record: `panel:query:${n}`, expr })) }],
    });
    const exprs = queries().map(({ expr }) => expr);
    if (exprs.some((expr) => expr.includes('$'))) throw new Error('a variable is not known here');
    const file = writeIn(home, 'dashboard.yml', stringify(rules(exprs)));
    promtoolOk(programs, ['check', 'rules', file]);
    const broken = writeIn(home, 'broken.yml', stringify(rules([`sum by (${exprs[0]}`])));
    if (promtool(programs, ['check', 'rules', broken]).ok) throw new Error('promtool accepts anything');
  });
  await test('it shows each metric that there is, and no other', async () => {
    const { metricTable } = await import('../../../packages/engine/dist/metrics/table.js');
    const shown = new Set(queries().flatMap(({ expr }) => metricsOf(expr)));
    const rows = Object.values(metricTable);
    const hidden = rows.filter((row) => !seriesNames(row).some((name) => shown.has(name)));
    if (hidden.length > 0) throw new Error(`not shown: ${hidden.map(({ name }) => name).join(', ')}`);
    const known = new Set(rows.flatMap(seriesNames));
    const unknown = [...shown].filter((name) => !known.has(name));
    if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}`);
  });
}
