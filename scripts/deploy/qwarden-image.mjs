// The image of this clone, built as a user would build it, on a base that was made here (bases.mjs).
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../toolchain.mjs';
import { nodeBase } from './bases.mjs';
import { buildah, hasImage } from './containers.mjs';
import { home, run, say } from './tools.mjs';

export const dockerfile = join(root, 'deploy', 'docker', 'Dockerfile');

/** Every file of the working tree that git knows, or would. */
function sources() {
  const { stdout } = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const inImage =
    /^(\.npmrc|\.dockerignore|LICENSE|package(-lock)?\.json|tsconfig[\w.]*|packages\/(?![\w-]+\/test\/).*|scripts\/(?!deploy|kubernetes)[^/]*|docs\/man\/.*|deploy\/docker\/.*)$/;
  return [...new Set(stdout.split('\0'))].filter((path) => inImage.test(path)).sort((a, b) => (a < b ? -1 : 1));
}

function read(path) {
  try {
    return readFileSync(join(root, path));
  } catch (error) {
    // Removed, and still in git's index.
    if (error.code !== 'ENOENT') throw error;
    return '';
  }
}

/** The npm settings of this machine, for the build alone: a registry, a login, a certificate authority. */
function npmSettings() {
  const file = join(home, 'npmrc');
  let own = '';
  try {
    own = readFileSync(process.env.NPM_CONFIG_USERCONFIG ?? join(homedir(), '.npmrc'), 'utf8');
  } catch {}
  const { stdout } = run('npm', ['config', 'get', 'registry'], { cwd: home });
  // The base trusts what this machine trusts; npm reads the certificates of the system only when it is told so.
  const text = `${own}\nregistry=${stdout.trim()}\ncafile=/etc/ssl/certs/ca-certificates.crt\n`;
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** Builds from nothing but the sources and the base, in the time of the commit 0, and gives it the name. */
export function buildImage(name, { base = nodeBase() } = {}) {
  say(`building the image ${name}.`);
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  const args = ['--isolation', 'chroot', '--format', 'docker', '--timestamp', '0', '--layers=false', '--quiet'];
  args.push('--build-arg', `BASE=${base}`, '--build-arg', `VERSION=${version}`);
  args.push('--secret', `id=npmrc,src=${npmSettings()}`);
  buildah(['bud', ...args, '--file', dockerfile, '--tag', name, root], { timeout: 900_000 });
  return name;
}

/** The image of the sources as they are; built unless it was before. */
export function qwardenImage() {
  const hash = createHash('sha256').update(nodeBase());
  for (const path of sources()) hash.update(path).update('\0').update(read(path));
  const name = `localhost/qwarden:${hash.digest('hex').slice(0, 12)}`;
  return hasImage(name) ? name : buildImage(name);
}
