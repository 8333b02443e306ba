// `npm test`: sets up all that the tests need, runs every suite, and ends with one line over all of them.
//   npm test                     everything
//   npm test -- unit e2e         only these steps (names as printed)
// Plain JavaScript for any Node from 18 up; the suites themselves run under Node 24.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureReady, nodePath, root, SetupError, say, toolEnvironment } from './toolchain.mjs';

const reports = join(root, '.cache', 'reports');

/** A step either counts its own tests (a report file) or is one check that passes or fails. */
const steps = [
  {
    name: 'wire-types',
    title: 'wire types are what api/schemas.json gives',
    run: ['node', 'scripts/generate-wire-types.mjs', '--check'],
  },
  { name: 'types', title: 'strict types, tests included', run: ['tsc', '-b'] },
  {
    name: 'lint',
    title: 'lint, one-way imports, no floating promises, no sleeps in tests',
    run: ['oxlint', '--type-aware', '--deny-warnings'],
  },
  { name: 'format', title: 'formatting', run: ['biome', 'format'] },
  {
    name: 'unit',
    title: 'unit and contract tests',
    // Without a Redis its tests are left out with a word about it; in CI they fail.
    setup: ['node', 'scripts/redis.mjs'],
    run: vitest('unit'),
    report: 'unit.json',
    read: readVitest,
  },
  {
    name: 'conformance',
    title: 'official SDK and qq against the emulator',
    run: ['node', 'scripts/conformance.mjs'],
    report: '../conformance.json',
    read: readCounts,
  },
  { name: 'e2e', title: 'end to end through ./qwarden', run: vitest('e2e'), report: 'e2e.json', read: readVitest },
];

function vitest(project) {
  return [
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(reports, `${project}.json`)}`,
  ];
}

function readVitest(report) {
  const crashed = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const skipped = report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: report.numFailedTests + crashed.length, skipped };
}

function readCounts(report) {
  return { passed: report.passed, failed: report.failed, skipped: report.skipped };
}

function run([tool, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(tool === 'node' ? nodePath() : tool, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: toolEnvironment(),
    });
    child.on('error', (error) => {
      say(`could not run ${tool}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Never better than the exit code: a suite that died without a report, or with a clean one, has failed. */
function countsOf(step, code) {
  if (!step.report) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  const file = join(reports, step.report);
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = step.read(JSON.parse(readFileSync(file, 'utf8')));
  if (counts.passed + counts.failed === 0 || (code !== 0 && counts.failed === 0)) counts.failed += 1;
  return counts;
}

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length) {
    say(`there is no test step "${unknown.join('", "')}". Steps: ${steps.map((step) => step.name).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  ensureReady();
  mkdirSync(reports, { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  for (const step of steps.filter((one) => !wanted.length || wanted.includes(one.name))) {
    console.log(`\n== ${step.name}: ${step.title}`);
    if (step.report) rmSync(join(reports, step.report), { force: true });
    const started = Date.now();
    if (step.setup) await run(step.setup);
    const counts = countsOf(step, await run(step.run));
    for (const key of Object.keys(total)) total[key] += counts[key];
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    lines.push(
      `${counts.failed ? 'FAIL' : 'ok  '} ${step.name.padEnd(12)} ${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''} (${seconds} s)`,
    );
  }
  console.log(`\n${lines.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
  process.exitCode = total.failed ? 1 : 0;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
