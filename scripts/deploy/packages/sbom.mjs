// The list of what is shipped: true, whole, and of the form that CycloneDX asks for.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow } from '../../staging.mjs';
import { root, toolEnvironment, withLock } from '../../toolchain.mjs';
import { home, MissingError, run as runTool, say } from '../tools.mjs';
import { run } from './processes.mjs';

const sources = join(root, 'scripts', 'deploy', 'sbom-validator');
const installed = join(home, 'sbom-validator');

/** CycloneDX's own validator, of sbom-validator/package-lock.json, in .cache/deploy/sbom-validator. Throws MissingError. */
export function ensureValidator() {
  const stampFile = join(installed, 'qwarden-stamp');
  const stamp = createHash('sha256')
    .update(readFileSync(join(sources, 'package-lock.json')))
    .digest('hex');
  const isReady = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isReady()) return;
  withLock(() => {
    if (isReady()) return;
    say('fetching the validator of CycloneDX into .cache/deploy/sbom-validator (once, 12 MB).');
    rmSync(installed, { recursive: true, force: true });
    mkdirSync(installed, { recursive: true });
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(sources, name), join(installed, name));
    try {
      runTool('npm', ['ci', '--no-audit', '--no-fund', '--omit=optional'], { cwd: installed, env: toolEnvironment() });
    } catch (error) {
      throw new MissingError(`the validator of SBOMs comes from a package registry: ${error.message}`);
    }
    writeFileSync(stampFile, stamp);
  });
}

/** Returns a function that says what is wrong with the text of an SBOM; null when nothing is. */
async function loadValidator() {
  const { Spec, Validation } = await import(
    join(installed, 'node_modules/@cyclonedx/cyclonedx-library/dist.node/index.node.js')
  );
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  return (text) => validator.validate(text);
}

/** Every package below a production tree: name@version. */
function packagesIn(tree) {
  return filesBelow(join(tree, 'node_modules'))
    .filter((path) => /(^|\/)(?:node_modules\/)?(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
    .filter((path) => isPackageRoot(dirname(path)))
    .map((path) => JSON.parse(readFileSync(join(tree, 'node_modules', path), 'utf8')))
    .map(({ name, version }) => `${name}@${version}`);
}

/** `a`, `@a/b`, or one of these below a further node_modules; not `a/dist`. */
function isPackageRoot(path) {
  return /^(?:@[^/]+\/)?[^/@]+$/.test(path.split('node_modules/').at(-1));
}

const nameOf = ({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`;
const sorted = (names) => [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));

/** @param tree an unpacked production tree with a Node in it. */
export async function testSbom(test, tree, temporary) {
  const text = readFileSync(join(tree, 'sbom.cdx.json'), 'utf8');
  const sbom = JSON.parse(text);
  const components = [sbom.metadata.component, ...sbom.components];

  await test('the SBOM is valid by the schema of CycloneDX 1.6, and the validator finds planted errors', async () => {
    const problems = await loadValidator();
    assert.equal(await problems(text), null);
    for (const [from, to] of [
      ['"type": "library"', '"type": "libary"'],
      ['"id": "MIT"', '"id": "NIT"'],
      ['"purl": ', '"perl": '],
      ['"serialNumber": "urn:uuid:', '"serialNumber": "'],
    ])
      assert.notEqual(await problems(text.replace(from, to)), null, to);
  });

  await test('the SBOM names every package of the tree with its version, and nothing else', () => {
    const node = components.filter(({ name }) => name === 'node');
    const packages = components.filter((component) => !node.includes(component));
    assert.deepEqual(sorted(packages.map(nameOf)), sorted(packagesIn(tree)));
    assert.ok(packages.length > 50);
    const sha256 = createHash('sha256')
      .update(readFileSync(join(tree, 'node', 'bin', 'node')))
      .digest('hex');
    assert.deepEqual(
      node.map(({ hashes }) => hashes[0].content),
      [sha256],
    );
  });

  await test('each component is reached from qwarden in the SBOM, and has a licence; those of others have their hash', () => {
    const needs = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set();
    const todo = [sbom.metadata.component['bom-ref']];
    for (const ref of todo) {
      if (reached.has(ref)) continue;
      reached.add(ref);
      todo.push(...needs.get(ref));
    }
    assert.deepEqual(sorted(reached), sorted(components.map((component) => component['bom-ref'])));
    for (const component of components) {
      assert.ok(component.licenses.length > 0, nameOf(component));
      const ours = component.group === '@qwarden' || component.name === 'qwarden';
      assert.equal(component.hashes === undefined, ours, nameOf(component));
    }
  });

  await test("npm's own SBOM says the same of what it names", async () => {
    const { stdout } = await run('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--omit=dev'], {
      cwd: root,
      env: toolEnvironment(),
    });
    const theirs = JSON.parse(stdout).components;
    assert.ok(theirs.length > 50);
    const byPurl = new Map(components.map((component) => [component.purl, component]));
    for (const { purl, hashes, licenses } of theirs) {
      assert.deepEqual(byPurl.get(purl)?.hashes, hashes, purl);
      assert.deepEqual(byPurl.get(purl)?.licenses, licenses, purl);
    }
  });

  await test('all licences are allowed ones, and the licence texts name every package', async () => {
    await run('node', [join(root, 'scripts/licences.mjs')], { cwd: temporary() });
    const texts = readFileSync(join(tree, 'THIRD-PARTY-LICENSES'), 'utf8');
    for (const component of components) {
      if (component.group === '@qwarden' || ['qwarden', 'node'].includes(component.name)) continue;
      assert.ok(texts.includes(`${nameOf(component).replace(/@([^@]+)$/, ' $1')}: `), nameOf(component));
    }
    assert.match(readFileSync(join(tree, 'node', 'LICENSE'), 'utf8'), /Node\.js is licensed/);
  });
}
