// The projects of other people in examples/, as their READMEs say, with the packages as they are published.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { python } from '../../python.mjs';
import { root } from '../../toolchain.mjs';
import { createProject } from './project.mjs';
import { runnableBlocks } from './readme.mjs';

function copied(name, directory, env) {
  const project = createProject(directory, env);
  cpSync(join(root, 'examples', name), directory, { recursive: true });
  const [block, ...more] = runnableBlocks(join(root, 'examples', name, 'README.md'));
  assert.deepEqual(more, []);
  return { project, text: block.text };
}

/** So many tests as the project has: a run of none must not pass. */
function testsIn(path, pattern) {
  return readFileSync(join(root, 'examples', path), 'utf8').match(pattern).length;
}

export async function testExamples(test, { env, temporary }) {
  await test('examples/emulator-vitest: as its README says', async () => {
    const { project, text } = copied('emulator-vitest', temporary(), env);
    const { stdout } = await project.shell(text, { NO_COLOR: '1' });
    assert.match(stdout, new RegExp(`Tests +${testsIn('emulator-vitest/src/hold.test.js', /^test\(/gm)} passed`));
  });
  await test('examples/emulator-pytest: as its README says, with the official SDK', async () => {
    const { project, text } = copied('emulator-pytest', temporary(), env);
    // The SDK is there from the conformance tests: pip finds that nothing is missing.
    const PATH = `${dirname(python)}:${env.PATH}`;
    const { stdout } = await project.shell(text, { PATH, PIP_NO_INDEX: '1' });
    assert.match(stdout, new RegExp(`${testsIn('emulator-pytest/test_expiring.py', /^def test_/gm)} passed`));
    const { stdout: running } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    assert.doesNotMatch(running, /qumulo-emulator --host localhost --port 0/, 'it has left an emulator behind');
  });
}
