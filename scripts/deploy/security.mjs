// Secrets are planted in every way that they can be given, and looked for in everything that comes out (e2e/security); known holes in what is installed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodePath, root, toolEnvironment } from '../toolchain.mjs';

export const title = 'no secret gets out; packages without known holes';

const report = join(root, '.cache', 'reports', 'security.json');

/** Everything that it needs is in the clone. */
export function missing() {}

export async function run(test) {
  mkdirSync(join(root, '.cache', 'reports'), { recursive: true });
  rmSync(report, { force: true });
  const code = await vitest();
  const results = readReport();
  for (const { name, assertionResults, message } of results) {
    if (assertionResults.length === 0) await test(name, () => Promise.reject(new Error(message)));
    for (const { fullName, status, failureMessages } of assertionResults)
      await test(fullName, () => {
        if (status !== 'passed') throw new Error(`${status}: ${failureMessages.join('\n')}`);
      });
  }
  await test('the tests of secrets ran to their end', () => {
    if (code !== 0 || results.length === 0) throw new Error(`vitest ended with ${code}; see above`);
  });
  await audit(test);
}

function vitest() {
  const entry = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [
    entry,
    'run',
    '--project',
    'security',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(nodePath(), args, {
      cwd: root,
      env: toolEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    return [];
  }
}

/** Not every registry has the service; that it has none is said, and is nobody's failure here. */
async function audit(test) {
  const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: root,
    env: toolEnvironment(),
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 120_000,
  });
  const counts = countsIn(stdout);
  if (counts === undefined) {
    const why = (stderr ?? '').split('\n').find((line) => /\b(?:4|5)\d\d\b|E[A-Z]{4,}/.test(line)) ?? 'no answer';
    console.log(`note  known holes were not asked for: this registry does not tell (${why.trim()})`);
    return;
  }
  await test('no package that is shipped has a known hole of high severity', () => {
    const { high = 0, critical = 0 } = counts;
    if (high + critical > 0) throw new Error(`${high} high, ${critical} critical: see "npm audit --omit=dev"`);
  });
}

function countsIn(text) {
  try {
    return JSON.parse(text).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}
