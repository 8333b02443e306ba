// What is shipped of a package of this workspace: the build without what only the workspace can use. `npm pack`, the production tree and the
// image all take it from here, so that what is tested is what is published.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { root } from './toolchain.mjs';

/** Folders below packages/, in the order in which they can be published: each after what it depends on. */
export const shippedPackages = ['qumulo-client', 'qumulo-emulator', 'engine', 'cli'];

const manDirectory = join(root, 'docs', 'man');
const manPages = readdirSync(manDirectory).sort();

export function manifestOf(name) {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
}

/** Files below a directory, as paths relative to it, sorted, with "/" between. */
export function filesBelow(directory) {
  const walk = (at) =>
    readdirSync(at, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? walk(join(at, entry.name)) : [join(at, entry.name)],
    );
  return walk(directory)
    .map((path) => relative(directory, path).split(sep).join('/'))
    .sort();
}

function without(object, key) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** As in the workspace, but what only the workspace needs: tools, and the way to the sources, which are not shipped. */
function shippedManifest(name) {
  const manifest = without(manifestOf(name), 'devDependencies');
  const exports = Object.entries(manifest.exports).map(([path, to]) => [path, without(to, 'qwarden-source')]);
  const shipped = { ...manifest, exports: Object.fromEntries(exports), files: ['dist'] };
  return name === 'cli' ? { ...shipped, files: ['dist', 'man'], man: manPages.map((page) => `man/${page}`) } : shipped;
}

/** tsc leaves ".ts" in the imports of declarations, which older tools do not understand; the maps that files name are not shipped. */
function shippedText(path, text) {
  const unmapped = text.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n');
  if (!path.endsWith('.d.ts')) return unmapped;
  return unmapped.replace(/((?:from|import)\s*\(?\s*['"]\.{1,2}\/[^'"]*)\.ts(['"])/g, '$1.js$2');
}

/** What the build has of a source that is there; what an earlier build left of one that is gone is not shipped. */
function builtFiles(directory) {
  const built = join(directory, 'dist');
  return filesBelow(built).filter(
    (path) => /\.(js|d\.ts)$/.test(path) && existsSync(join(directory, 'src', path.replace(/(\.d\.ts|\.js)$/, '.ts'))),
  );
}

function write(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

/**
 * Lays out a package of this workspace, as it is shipped, in `target`, which is emptied first. Needs the build.
 * `wants` says which files below `dist` to take.
 */
export function stagePackage(name, target, wants = () => true) {
  const directory = join(root, 'packages', name);
  rmSync(target, { recursive: true, force: true });
  const manifest = shippedManifest(name);
  write(join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  for (const path of ['README.md', 'LICENSE']) write(join(target, path), readFileSync(join(directory, path)));
  for (const page of manifest.man ?? []) write(join(target, page), readFileSync(join(manDirectory, basename(page))));
  const programs = new Set(Object.values(manifest.bin ?? {}));
  for (const path of builtFiles(directory).filter(wants)) {
    const text = readFileSync(join(directory, 'dist', path), 'utf8');
    const shipped = `dist/${path}`;
    write(join(target, shipped), shippedText(path, text), programs.has(shipped) ? 0o755 : 0o644);
  }
  return manifest;
}
