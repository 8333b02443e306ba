// The commands of docs/how-to/install.md, in the order in which they stand there.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../toolchain.mjs';
import { run } from './processes.mjs';
import { runnableBlocks } from './readme.mjs';

function blocks() {
  const found = runnableBlocks(join(root, 'docs', 'how-to', 'install.md')).map(({ text }) => text);
  assert.equal(found.length, 7, 'each block of docs/how-to/install.md has its test');
  const [globally, ownDirectory, tarball, man, ...completions] = found;
  return { globally, ownDirectory, tarball, man, completions };
}

const bash = (text, options) => run('bash', ['-euo', 'pipefail', '-c', text], options);

export async function testInstallPageNpm(test, { env, temporary }) {
  await test('docs/how-to/install.md: with npm', async () => {
    const { globally, ownDirectory } = blocks();
    const cwd = temporary();
    const prefix = join(cwd, 'global');
    const own = { ...env, HOME: cwd };
    const PATH = `${join(prefix, 'bin')}:${env.PATH}`;
    const everywhere = await bash(globally, { cwd, env: { ...own, npm_config_prefix: prefix, PATH } });
    assert.match(everywhere.stdout, /^\d+\.\d+\.\d+$/m);
    const { stdout } = await bash(ownDirectory, { cwd, env: own });
    assert.match(stdout, /^\d+\.\d+\.\d+$/m);
  });
}

/** Below a directory of the test's own instead of /: what it needs of root otherwise is only to write there. */
export async function testInstallPageTarball(test, { file }, temporary) {
  await test('docs/how-to/install.md: the tarball, man pages and completions', async () => {
    const { tarball, man, completions } = blocks();
    const place = temporary();
    const here = (text) =>
      text
        .replaceAll('sudo ', '')
        .replaceAll('/opt', join(place, 'opt'))
        .replaceAll('/usr/local', join(place, 'local'));
    for (const directory of ['opt', 'local/bin', 'local/share/man/man1'])
      mkdirSync(join(place, directory), { recursive: true });
    const env = { HOME: place, PATH: `${join(place, 'local', 'bin')}:${process.env.PATH}`, MANPAGER: 'cat', LANG: 'C' };
    const { stdout } = await bash(here(tarball), { cwd: dirname(file), env });
    assert.match(stdout, /: OK\n\d+\.\d+\.\d+\n$/);
    const page = await bash(here(man), { cwd: place, env });
    assert.match(page.stdout, /SYNOPSIS/);
    const found = await run('man', ['-w', 'qwarden-filelock'], { cwd: place, env });
    assert.match(found.stdout, /\/qwarden-filelock\.1$/m);
    for (const text of completions) await bash(text, { cwd: place, env });
    const fish = `source ~/.config/fish/completions/qwarden.fish; complete --do-complete "qwarden supp"`;
    assert.match((await run('fish', ['--private', '-c', fish], { cwd: place, env })).stdout, /^support-bundle/);
    for (const path of ['.local/share/bash-completion/completions/qwarden', '.zfunc/_qwarden'])
      await run('grep', ['-q', 'support-bundle', join(place, path)], { cwd: place });
  });
}
