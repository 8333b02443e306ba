// `node scripts/production-tree.mjs DIR`: everything that runs qwarden and nothing else, in DIR (which is made, and must be empty or an earlier one).
//   DIR/bin/qwarden          starts it, with DIR/node/bin/node where that is, else with the node on PATH
//   DIR/node_modules         the four packages as they are published, and what they depend on, as package-lock.json has it
//   DIR/package.json, DIR/LICENSE, DIR/THIRD-PARTY-LICENSES, DIR/sbom.cdx.json (CycloneDX)
// Image and tarball are made of it. It copies what `npm ci` has installed here, so it asks no registry. Plain JavaScript for any Node from 18 up.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licenceTexts, productionPackages } from './licences.mjs';
import { sbomText } from './sbom.mjs';
import { filesBelow, manifestOf, shippedPackages, stagePackage } from './staging.mjs';
import { ensureReady, nodePath, root, SetupError, say } from './toolchain.mjs';

/** Never read by a running program: declarations, sources of types, maps, and pages about the package (licences stay). */
const NOT_RUN = /\.(map|[cm]?ts|flow|tsbuildinfo)$|(^|\/)(?!licen[cs]e|copying|notice)[^/]*\.(md|markdown)$/i;
/** At the root of a package of others; what it really runs lies in lib, dist, src. */
const NOT_SHIPPED = /^(\.github|__tests__|bench(mark)?s?|coverage|docs|examples?|tests?)\//;

const LAUNCHER = `#!/bin/sh
# Becomes node, so that signals reach qwarden itself. Needs no other program but for a symbolic link to it.
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -L "$self" ]; do
  link=$(PATH=\${PATH:+$PATH:}/usr/bin:/bin readlink -- "$self")
  case $link in /*) self=$link ;; *) self=\${self%/*}/$link ;; esac
done
home=\${self%/*}/..
node=$home/node/bin/node
[ -x "$node" ] || node=node
# The flag saves 100 MB of memory under load and costs no speed.
exec "$node" --max-semi-space-size=16 "$home/node_modules/qwarden/dist/main.js" "$@"
`;

function copyPackage(from, to) {
  for (const path of filesBelow(from)) {
    // What is nested is a package of its own.
    if (path.startsWith('node_modules/') || NOT_RUN.test(path) || NOT_SHIPPED.test(path)) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    copyFileSync(join(from, path), join(to, path));
  }
}

/** Where a package of the lock file stands in the tree: below packages/X/node_modules it is nested in that package. */
function placeOf(path) {
  const nested = /^packages\/([^/]+)\/(node_modules\/.+)$/.exec(path);
  return nested ? join('node_modules', manifestOf(nested[1]).name, nested[2]) : path;
}

function emptied(directory) {
  if (
    existsSync(directory) &&
    readdirSync(directory).length > 0 &&
    !existsSync(join(directory, 'THIRD-PARTY-LICENSES'))
  )
    throw new SetupError(`${directory} is not empty, and is no production tree: nothing was changed in it.`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}

/**
 * Lays out the production tree in `directory`; `node` says what else is shipped (see sbom.mjs).
 * Throws SetupError when it cannot, or when what it made does not start.
 */
export function layOutProductionTree(directory, { node } = {}) {
  ensureReady();
  emptied(directory);
  for (const name of shippedPackages)
    stagePackage(name, join(directory, 'node_modules', manifestOf(name).name), (path) => !NOT_RUN.test(path));
  for (const { path } of productionPackages()) copyPackage(join(root, path), join(directory, placeOf(path)));
  const { version, license, engines } = manifestOf('cli');
  const manifest = { name: 'qwarden-production', version, private: true, license, type: 'module', engines };
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(directory, 'LICENSE'));
  writeFileSync(join(directory, 'THIRD-PARTY-LICENSES'), licenceTexts());
  writeFileSync(join(directory, 'sbom.cdx.json'), sbomText({ node }));
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', 'qwarden'), LAUNCHER, { mode: 0o755 });

  const entry = join(directory, 'node_modules', 'qwarden', 'dist', 'main.js');
  const started = spawnSync(nodePath(), [entry, 'version'], { encoding: 'utf8', cwd: directory });
  if (started.status !== 0 || started.stdout.trim() !== version)
    throw new SetupError(`the production tree does not start: ${started.stderr || started.stdout}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const [target, ...more] = process.argv.slice(2);
    if (target === undefined || more.length > 0) throw new SetupError('usage: node scripts/production-tree.mjs DIR');
    layOutProductionTree(resolve(target));
    say(`the production tree is in ${resolve(target)}.`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
