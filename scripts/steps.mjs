// Runs the steps of a heavy test (`npm run test:deploy`, `npm run test:kubernetes`), and ends with one line over all of them.
// A step is a module:
//   export const title = 'what it is about';
//   export async function missing() {}      // installs what it needs, or returns in one line what this machine lacks: then it is skipped, which fails in CI
//   export async function run(test) {}      // await test('what must hold', async () => { throw if it does not }); resolves with whether it held
// Plain JavaScript for any Node from 18 up; the steps run under Node 24.
import { spawnSync } from 'node:child_process';
import { ensureReady, nodePath, root, SetupError, say, toolEnvironment } from './toolchain.mjs';

const counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed, to be said again at the end: above it stand thousands of lines, which some places cut in the middle. */
const failures = [];

/** One thing that must hold. What it throws is shown, and counted. */
async function test(name, body) {
  const started = Date.now();
  try {
    await body();
    counts.passed += 1;
    console.log(`ok    ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    counts.failed += 1;
    const why = String(error instanceof Error ? (error.stack ?? error.message) : error).replace(/^/gm, '      ');
    failures.push(`FAIL  ${name}\n${why}`);
    console.log(failures.at(-1));
    return false;
  }
}

async function runStep(name, load) {
  const step = await load(name);
  console.log(`\n== ${name}: ${step.title}`);
  const why = await step.missing();
  if (why === undefined) {
    const before = counts.passed + counts.failed;
    await step.run(test);
    if (counts.passed + counts.failed > before) return;
    await test(`${name} has tests`, () => Promise.reject(new Error('it ran none')));
  } else if (process.env.CI) {
    await test(`${name} can run here`, () => Promise.reject(new Error(`CI must not skip: ${why}`)));
  } else {
    counts.skipped += 1;
    console.log(`skip  ${name}: ${why}`);
  }
}

async function runAll(steps, load) {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !steps.includes(name));
  if (unknown.length > 0) {
    say(`there is no step "${unknown.join('", "')}". Steps: ${steps.join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  ensureReady();
  if (nodePath() !== process.execPath) {
    const again = spawnSync(nodePath(), process.argv.slice(1), { cwd: root, env: toolEnvironment(), stdio: 'inherit' });
    process.exitCode = again.status ?? 1;
    return;
  }
  for (const name of steps.filter((one) => wanted.length === 0 || wanted.includes(one))) {
    // A step that breaks is a failure, and no reason to leave out the others.
    try {
      await runStep(name, load);
    } catch (error) {
      await test(`${name} runs to its end`, () => Promise.reject(error));
    }
  }
  const { passed, failed, skipped } = counts;
  if (failures.length > 0) console.log(`\n== what failed\n${failures.join('\n')}`);
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** Runs `steps` in their order, or those that the command line names; `load(name)` imports one. */
export async function runSteps(steps, load) {
  try {
    await runAll(steps, load);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
