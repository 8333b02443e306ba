// Writes deploy/grafana/qwarden.json from scripts/grafana/dashboard.mts, which is typed against Grafana's schema. `--check` fails when the file is not what it gives.
// Needs Node 24: node scripts/setup.mjs --run node scripts/grafana.mjs
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const { dashboard } = await import('./grafana/dashboard.mts');
const file = fileURLToPath(new URL('../deploy/grafana/qwarden.json', import.meta.url));
const text = `${JSON.stringify(dashboard(), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error(
    'deploy/grafana/qwarden.json differs from scripts/grafana: run "node scripts/setup.mjs --run node scripts/grafana.mjs".',
  );
  process.exitCode = 1;
}
