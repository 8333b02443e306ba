// `node scripts/tarball.mjs`: qwarden for machines without Node, in .cache/tarball: qwarden-VERSION-linux-ARCH.tar.gz, and its SHA256SUMS.
// In it is one directory: the production tree (production-tree.mjs), the Node of tools/node/package-lock.json, man pages and completions.
// For the kind of machine it is made on, which is Linux with glibc. The same sources give the same bytes. Plain JavaScript for any Node from 18 up.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { layOutProductionTree } from './production-tree.mjs';
import { manifestOf } from './staging.mjs';
import { pinnedNode, root, SetupError, say } from './toolchain.mjs';

const target = join(root, '.cache', 'tarball');
/** As npm has it in its tarballs. */
const TIME = '1985-10-26 08:15:00 UTC';
const COMPLETIONS = {
  bash: 'share/bash-completion/completions/qwarden',
  zsh: 'share/zsh/site-functions/_qwarden',
  fish: 'share/fish/vendor_completions.d/qwarden.fish',
};

const README = (version) => `qwarden ${version}: retention locks and event rules for Qumulo clusters.

bin/qwarden starts it; it brings its own Node, and needs Linux with glibc and nothing else. A link to bin/qwarden works from anywhere; where bin is on PATH,
"man qwarden" has the pages. Completions for bash, zsh and fish are in share. Everything stays in this directory: to remove it, delete it.

bin/qwarden --help
bin/qwarden demo

LICENSE                  of qwarden
THIRD-PARTY-LICENSES     of what it is made with
node/LICENSE             of Node
sbom.cdx.json            all of these, as CycloneDX
`;

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30, ...options });
  if (done.error) throw new SetupError(`could not run ${command}: ${done.error.message}`);
  if (done.status !== 0) throw new SetupError(`"${command} ${args.join(' ')}" failed: ${done.stderr}`);
  return done.stdout;
}

/** Node itself and its licence: what else its package brings (headers, pages) nobody runs. */
function bringNode(from, directory) {
  mkdirSync(join(directory, 'node', 'bin'), { recursive: true });
  for (const path of ['bin/node', 'LICENSE']) copyFileSync(join(from, path), join(directory, 'node', path));
}

function bringPagesAndCompletions(directory) {
  const pages = join(directory, 'node_modules', 'qwarden', 'man');
  const to = join(directory, 'share', 'man', 'man1');
  mkdirSync(to, { recursive: true });
  for (const page of readdirSync(pages)) copyFileSync(join(pages, page), join(to, page));
  for (const [shell, path] of Object.entries(COMPLETIONS)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), run(join(directory, 'bin', 'qwarden'), ['completion', shell]));
  }
}

/** The umask of who makes it is nobody else's business. */
function setModes(directory) {
  const programs = new Set([join(directory, 'bin', 'qwarden'), join(directory, 'node', 'bin', 'node')]);
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    chmodSync(path, entry.isDirectory() || programs.has(path) ? 0o755 : 0o644);
  }
}

/** Makes the tarball. Returns its `file`, the `name` of the directory in it, and the file with its `sums`. */
export function makeTarball() {
  if (process.platform !== 'linux') throw new SetupError('the tarball is for Linux, and is made on Linux.');
  const node = pinnedNode();
  const { version } = manifestOf('cli');
  const nodeVersion = JSON.parse(readFileSync(join(node, 'package.json'), 'utf8')).version;
  const name = `qwarden-${version}-linux-${process.arch}`;
  const directory = join(target, name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  layOutProductionTree(directory, { node: { version: nodeVersion, sha256: sha256(join(node, 'bin', 'node')) } });
  writeFileSync(join(directory, 'README'), README(version));
  bringNode(node, directory);
  bringPagesAndCompletions(directory);
  setModes(directory);
  const packed = `${directory}.tar`;
  run(
    'tar',
    ['--create', '--file', packed, '--sort=name', `--mtime=${TIME}`, '--owner=0', '--group=0', '--numeric-owner', name],
    {
      cwd: target,
    },
  );
  const file = `${packed}.gz`;
  writeFileSync(file, gzipSync(readFileSync(packed), { level: 9 }));
  rmSync(packed);
  rmSync(directory, { recursive: true });
  const sums = join(target, 'SHA256SUMS');
  writeFileSync(sums, `${sha256(file)}  ${name}.tar.gz\n`);
  return { file, name, sums };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { file } = makeTarball();
    say(`${file} (${(readFileSync(file).length / 1e6).toFixed(0)} MB)`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
