// What is in the tarballs, and that they can be published: with provenance, from CI alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, shippedPackages } from '../../staging.mjs';
import { root } from '../../toolchain.mjs';
import { run } from './processes.mjs';

/** Everything that may be in a tarball. */
const SHIPPED = /^(package\.json|README\.md|LICENSE|dist\/([a-z0-9-]+\/)*[a-z0-9-]+\.(js|d\.ts))$/;
const SHIPPED_BY_CLI = /^man\/qwarden(-[a-z-]+)?\.1$/;
const repository = 'git+https://github.com/qwarden/qwarden.git';

/** The targets of `exports`, `bin` and `man`, without the "./". */
function namedBy({ exports, bin, man }) {
  const targets = Object.values(exports).flatMap((to) => Object.values(to));
  return [...targets, ...Object.values(bin ?? {}), ...(man ?? [])].map((path) => path.replace(/^\.\//, ''));
}

async function unpacked(file, directory) {
  await run('tar', ['-xzf', file, '-C', directory]);
  return join(directory, 'package');
}

function checkFiles({ name, files }) {
  const strange = files.filter((path) => !SHIPPED.test(path) && !(name === 'qwarden' && SHIPPED_BY_CLI.test(path)));
  assert.deepEqual(strange, [], 'files that nobody needs who only uses it');
  for (const path of ['package.json', 'README.md', 'LICENSE']) assert.ok(files.includes(path), `${path} is missing`);
  const scripts = files.filter((path) => path.endsWith('.js'));
  const untyped = scripts.filter((path) => !files.includes(path.replace(/\.js$/, '.d.ts')));
  assert.deepEqual(untyped, [], 'modules without types');
  assert.ok(scripts.length > 20, `only ${scripts.length} modules`);
}

function checkManifest(manifest, folder, files) {
  assert.equal(manifest.type, 'module');
  assert.equal(manifest.license, 'Apache-2.0');
  assert.deepEqual(
    ['devDependencies', 'scripts', 'private', 'qwarden-source'].filter((key) =>
      JSON.stringify(manifest).includes(`"${key}"`),
    ),
    [],
    'of use in the workspace alone',
  );
  for (const path of namedBy(manifest))
    assert.ok(files.includes(path), `package.json names ${path}, which is not there`);
  // Provenance: the registry compares the repository of the build with this one.
  assert.deepEqual(manifest.repository, { type: 'git', url: repository, directory: `packages/${folder}` });
  assert.deepEqual(manifest.publishConfig, { access: 'public', provenance: true });
  for (const version of Object.values(manifest.dependencies))
    assert.match(version, /^\d+\.\d+\.\d+$/, 'exact versions');
}

/** Texts that would betray a build machine, or name files that are not shipped. */
function checkTexts(directory) {
  for (const path of filesBelow(directory)) {
    const text = readFileSync(join(directory, path), 'utf8');
    for (const unwanted of [root, 'sourceMappingURL'])
      assert.ok(!text.includes(unwanted), `${path} has "${unwanted}" in it`);
    if (path.endsWith('.d.ts')) assert.doesNotMatch(text, /from ['"]\.[^'"]*\.ts['"]/, `${path}: an import of sources`);
  }
}

/** @param packed what packAll() returns. */
export async function testContents(test, packed, temporary) {
  for (const [index, entry] of packed.entries()) {
    await test(`${entry.name}: the tarball has the build, types, README and licence, and nothing else`, async () => {
      checkFiles(entry);
      const directory = await unpacked(entry.file, temporary());
      const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      checkManifest(manifest, shippedPackages[index], entry.files);
      checkTexts(directory);
    });
  }
}

/** Publishes them to the registry of this machine, in their order. */
export async function testPublishing(test, packed, registry, env, temporary) {
  for (const { name, file } of packed) {
    await test(`${name}: published from anywhere but CI it is refused for want of provenance; without that claim it is taken`, async () => {
      const cwd = temporary();
      const refused = await run('npm', ['publish', '--loglevel=error', file], { cwd, env, status: 1 });
      assert.match(refused.stderr, /provenance/);
      assert.ok(!registry.published.has(name));
      await run('npm', ['publish', '--loglevel=error', '--provenance=false', file], { cwd, env });
      assert.ok(registry.published.has(name));
    });
  }
}
