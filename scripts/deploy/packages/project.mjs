// An empty project of somebody else, outside the repository, in which a README is followed.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../toolchain.mjs';
import { run, start } from './processes.mjs';

const STRICT = {
  strict: true,
  noEmit: true,
  module: 'nodenext',
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  types: ['node'],
  // The declarations of the packages are checked too.
  skipLibCheck: false,
  allowImportingTsExtensions: true,
};

export function createProject(directory, env) {
  writeFileSync(join(directory, 'package.json'), '{ "name": "somebody-elses", "private": true, "type": "module" }\n');
  let blocks = 0;

  function write(text) {
    blocks += 1;
    const name = `block-${blocks}.ts`;
    writeFileSync(join(directory, name), text);
    return name;
  }

  return {
    directory,
    env,
    /** Lines for a shell, as they stand there. */
    shell: (text, more = {}) =>
      run('bash', ['-euo', 'pipefail', '-c', text], { cwd: directory, env: { ...env, ...more } }),
    startShell: (text, more = {}) =>
      start('bash', ['-euo', 'pipefail', '-c', text], { cwd: directory, env: { ...env, ...more } }),
    /** A block of TypeScript, run by Node. */
    startBlock: (text, more = {}) => start('node', [write(text)], { cwd: directory, env: { ...env, ...more } }),
    /** What the compiler says of TypeScript that uses the installed packages: nothing, when all is well. */
    async checkTypes(texts) {
      const { devDependencies: tools } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      const wanted = ['typescript', '@types/node'].map((name) => `${name}@${tools[name]}`);
      await run('npm', ['install', '--save-dev', '--loglevel=error', ...wanted], { cwd: directory, env });
      const compile = async (names, status) => {
        const config = { compilerOptions: STRICT, files: names };
        writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
        return await run('node_modules/.bin/tsc', ['--project', '.'], { cwd: directory, env, status });
      };
      await compile(texts.map(write), 0);
      // That it would say something: the packages are typed, and not any.
      const wrong = texts.map((text) => text.replace(/(\bimport \{ )(\w+)/, '$1$2 as _, nothingOfThisName'));
      const { stdout } = await compile(wrong.map(write), 1);
      assert.equal(stdout.match(/error TS2305.*nothingOfThisName/g)?.length, texts.length, stdout);
    },
  };
}
