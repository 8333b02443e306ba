// `node scripts/pack.mjs`: the four packages as `npm publish` takes them, in .cache/packages: NAME-VERSION.tgz and SHA256SUMS.
// The same sources give the same bytes. Plain JavaScript for any Node from 18 up.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedPackages, stagePackage } from './staging.mjs';
import { ensureReady, root, SetupError, say, toolEnvironment } from './toolchain.mjs';

const target = join(root, '.cache', 'packages');

/** Makes the tarballs. Returns of each `name`, `version`, `file` and the paths of its `files`, in the order in which they can be published. */
export function packAll() {
  ensureReady();
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const packed = shippedPackages.map((folder) => {
    const stage = join(root, '.cache', 'packages-stage', folder);
    stagePackage(folder, stage);
    const done = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target], {
      cwd: stage,
      encoding: 'utf8',
      env: toolEnvironment(),
      shell: process.platform === 'win32',
    });
    if (done.status !== 0) throw new SetupError(`npm pack of packages/${folder} failed: ${done.stderr || done.error}`);
    return describe(JSON.parse(done.stdout));
  });
  const sums = packed.map(({ file }) => `${sha256(file)}  ${file.slice(target.length + 1)}\n`);
  writeFileSync(join(target, 'SHA256SUMS'), sums.join(''));
  return packed;
}

/** Some versions of npm answer a list, others an object by name. */
function describe(answer) {
  const [{ name, version, filename, files }] = Object.values(answer);
  return { name, version, file: join(target, filename), files: files.map(({ path }) => path) };
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    for (const { name, version, file, files } of packAll()) say(`${name} ${version}: ${file} (${files.length} files)`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
