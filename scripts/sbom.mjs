// `npm run sbom`: what qwarden is shipped with, as CycloneDX JSON on stdout. The same lock file gives the same bytes.
// `npm sbom --omit dev` would be the obvious way, and is not taken: npm 11 leaves out every package that a development tool needs as well
// (zod, yaml and tslib among them), numbers each run anew, and calls the whole after the clone's directory.
// Reads package-lock.json and node_modules. Plain JavaScript for any Node from 18 up.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { productionPackages } from './licences.mjs';
import { manifestOf, shippedPackages } from './staging.mjs';
import { ensureInstalled, root, SetupError, say } from './toolchain.mjs';

const MAIN = 'cli';

function purlOf(name, version) {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
}

/** CycloneDX has a place for one licence of the SPDX list, and another for expressions of them. */
function licencesOf(licence) {
  return / (OR|AND|WITH) /.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }];
}

/** `sha512-BASE64` of the lock file, in the words of CycloneDX. */
function hashesOf(integrity) {
  const [, algorithm, base64] = /^sha(\d+)-(.+)$/.exec(integrity);
  return [{ alg: `SHA-${algorithm}`, content: Buffer.from(base64, 'base64').toString('hex') }];
}

function componentOf({ name, version, licence, integrity, description }) {
  const purl = purlOf(name, version);
  const [, scope, bare] = /^(?:(@[^/]+)\/)?(.+)$/.exec(name);
  return {
    type: 'library',
    'bom-ref': purl,
    ...(scope && { group: scope }),
    name: bare,
    version,
    ...(description && { description }),
    scope: 'required',
    ...(integrity && { hashes: hashesOf(integrity) }),
    licenses: licencesOf(licence),
    purl,
  };
}

function oursOf(folder) {
  const { name, version, license, description } = manifestOf(folder);
  return componentOf({ name, version, licence: license, description });
}

/** Where the package that stands at `path` in the workspace finds `name`, as Node looks for it. */
function resolveFrom(path, name, packages) {
  for (let at = path; ; at = posix.dirname(at)) {
    const candidate = posix.join(at === '.' ? '' : at, 'node_modules', name);
    const found = packages[candidate];
    if (found?.link) return found.resolved;
    if (found) return candidate;
    if (at === '.' || at === '') return undefined;
  }
}

/** What each component needs, by its reference. Optional ones are named where they are shipped. */
function dependenciesOf(components, packages) {
  const referenceAt = new Map(components.map(({ path, component }) => [path, component['bom-ref']]));
  return components.map(({ path, component }) => {
    const { dependencies, optionalDependencies, peerDependencies } = packages[path];
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    const found = names.map((name) => referenceAt.get(resolveFrom(path, name, packages) ?? ''));
    return {
      ref: component['bom-ref'],
      dependsOn: [...new Set(found.filter((ref) => ref !== undefined))].sort(inOrder),
    };
  });
}

/** By code units, so that it is the same in every locale. */
function inOrder(a, b) {
  return a < b ? -1 : 1;
}

/** The same package twice, at two places, is one component. */
function merged(rows) {
  const byReference = new Map();
  for (const { ref, dependsOn } of rows)
    byReference.set(ref, [...new Set([...(byReference.get(ref) ?? []), ...dependsOn])].sort(inOrder));
  return [...byReference].map(([ref, dependsOn]) => ({ ref, dependsOn })).sort((a, b) => inOrder(a.ref, b.ref));
}

function nodeComponent({ version, sha256 }) {
  const purl = `pkg:generic/node@${version}`;
  return {
    type: 'application',
    'bom-ref': purl,
    name: 'node',
    version,
    description: 'The Node.js that it runs on (bin/node); its own parts are named in its LICENSE.',
    scope: 'required',
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    licenses: licencesOf('MIT'),
    purl,
    externalReferences: [{ type: 'website', url: 'https://nodejs.org' }],
  };
}

/** The number is that of the content: who finds it twice has twice the same. */
function numbered(bom) {
  const hex = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  const variant = ((Number.parseInt(hex[16], 16) & 0x3) | 0x8).toString(16);
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`];
  return { ...bom, serialNumber: `urn:uuid:${uuid.join('-')}-${hex.slice(20, 32)}` };
}

/** @param node `{ version, sha256 }` of the Node that is shipped too. */
export function softwareBillOfMaterials({ node } = {}) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const ours = shippedPackages.map((folder) => ({ path: `packages/${folder}`, component: oursOf(folder) }));
  const others = productionPackages().map((entry) => ({
    path: entry.path,
    component: componentOf({ ...entry, integrity: packages[entry.path].integrity }),
  }));
  const main = ours.find(({ path }) => path === `packages/${MAIN}`).component;
  const rows = merged(dependenciesOf([...ours, ...others], packages));
  const parts = [...ours, ...others].map(({ component }) => component).filter((component) => component !== main);
  const unique = [...new Map(parts.map((component) => [component['bom-ref'], component])).values()];
  const brought = node === undefined ? [] : [nodeComponent(node)];
  for (const { 'bom-ref': ref } of brought) {
    rows.find((row) => row.ref === main['bom-ref']).dependsOn.push(ref);
    rows.push({ ref, dependsOn: [] });
  }
  const { version } = manifestOf(MAIN);
  return numbered({
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', name: 'scripts/sbom.mjs of qwarden', version }] },
      component: { ...main, type: 'application' },
    },
    components: [...unique, ...brought],
    dependencies: rows,
  });
}

/** As it is shipped. */
export function sbomText(options) {
  return `${JSON.stringify(softwareBillOfMaterials(options), undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    ensureInstalled();
    process.stdout.write(sbomText());
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
