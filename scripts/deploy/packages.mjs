// The npm packages: what is in them, published and installed by their names outside the repository, and used as their READMEs say.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from '../pack.mjs';
import { ensureVenv, MissingError as MissingPython } from '../python.mjs';
import { testContents, testPublishing } from './packages/contents.mjs';
import { testExamples } from './packages/examples.mjs';
import { testInstallPageNpm } from './packages/install-page.mjs';
import { outsideEnvironment, run as runProcess } from './packages/processes.mjs';
import { testReadmes } from './packages/readmes.mjs';
import { startRegistry } from './packages/registry.mjs';
import { ensurePrograms, MissingError } from './tools.mjs';

export const title = 'the npm packages, installed outside the repository and used as their READMEs say';

export async function missing() {
  try {
    ensurePrograms({ bash: 'bash', curl: 'curl', tar: 'tar' }, 'the test of the packages');
    ensureVenv();
  } catch (error) {
    if (error instanceof MissingError || error instanceof MissingPython) return error.message;
    throw error;
  }
  return undefined;
}

export async function run(test) {
  const place = mkdtempSync(join(tmpdir(), 'qwarden-packages-'));
  const temporary = () => mkdtempSync(join(place, 'project-'));
  const registry = await startRegistry();
  try {
    const cache = await runProcess('npm', ['config', 'get', 'cache'], { cwd: place });
    const env = outsideEnvironment({ ...registry.environment, npm_config_cache: cache.stdout.trim() });
    const packed = packAll();
    await testContents(test, packed, temporary);
    await testPublishing(test, packed, registry, env, temporary);
    await testReadmes(test, { env, temporary });
    await testInstallPageNpm(test, { env, temporary });
    await testExamples(test, { env, temporary });
  } finally {
    await registry.stop();
    rmSync(place, { recursive: true, force: true });
  }
}
