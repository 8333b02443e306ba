// Images to build on, made here from Debian's packages and the Node of this machine, so that no image registry is asked.
// They are kept in .cache/deploy/storage; the name carries what they were made of.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { nodePath } from '../toolchain.mjs';
import { buildah, hasImage, podman } from './containers.mjs';
import { home, MissingError, run, say } from './tools.mjs';

const SUITE = 'bookworm';
/** What the official slim images leave out too. */
const SMALL = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/doc/*', '/usr/share/info/*'];
/** Makes the names of images new when the recipe below changes. */
const RECIPE = 1;

/** The npm on PATH, whichever it is: the packages are those of the lock file all the same. */
function npmDirectory() {
  const program = (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'npm'))
    .find(existsSync);
  if (program === undefined)
    throw new MissingError('the base of the image needs npm. Install it (Debian, Ubuntu: apt-get install npm).');
  let directory = dirname(realpathSync(program));
  while (!existsSync(join(directory, 'bin', 'npm-cli.js'))) {
    if (directory === dirname(directory))
      throw new MissingError(`${program} is not npm itself; put the directory of the real one first on PATH.`);
    directory = dirname(directory);
  }
  return directory;
}

function nameOf(what, ...of) {
  const hash = createHash('sha256').update(JSON.stringify([RECIPE, SUITE, ...of]));
  return `localhost/${what}:${hash.digest('hex').slice(0, 12)}`;
}

/** Works in a container made from `from`, and keeps it as the image `name`. */
function make(name, from, work) {
  const container = buildah(['from', '--quiet', from]).stdout.trim();
  try {
    work(container);
    buildah(['commit', '--quiet', container, name]);
  } finally {
    buildah(['rm', container], { may: true });
  }
  return name;
}

/** Debian, with the certificates that this machine trusts. */
function debian() {
  const name = nameOf('qwarden-debian');
  if (hasImage(name)) return name;
  const tar = join(home, 'base.tar');
  if (!existsSync(tar)) {
    say(`making a Debian ${SUITE} base with mmdebstrap (once, 135 MB, a minute or two).`);
    const dpkg = [...SMALL.map((path) => `path-exclude=${path}`), 'path-include=/usr/share/doc/*/copyright'];
    const options = ['--quiet', '--variant=minbase', '--include=ca-certificates,libstdc++6'];
    const part = `${tar}.part.tar`;
    run('mmdebstrap', [...options, ...dpkg.map((line) => `--dpkgopt=${line}`), SUITE, part], { quiet: false });
    copyFileSync(part, tar);
    rmSync(part);
  }
  make(name, 'scratch', (container) => {
    buildah(['add', container, tar, '/']);
    const trusted = '/etc/ssl/certs/ca-certificates.crt';
    if (existsSync(trusted)) buildah(['copy', container, trusted, trusted]);
  });
  rmSync(tar);
  return name;
}

/** Stands for docker.io/library/node:24-bookworm-slim: Debian with Node and npm where that image has them. */
export function nodeBase() {
  const node = realpathSync(nodePath());
  const npm = npmDirectory();
  const { version } = JSON.parse(readFileSync(join(npm, 'package.json'), 'utf8'));
  const name = nameOf('qwarden-node', run(node, ['--version']).stdout, version);
  if (hasImage(name)) return name;
  return make(name, debian(), (container) => {
    buildah(['copy', '--chmod', '0755', container, node, '/usr/local/bin/node']);
    buildah(['copy', container, npm, '/usr/local/lib/node_modules/npm']);
    for (const program of ['npm', 'npx']) {
      const target = `../lib/node_modules/npm/bin/${program}-cli.js`;
      buildah(['run', '--isolation', 'chroot', container, '--', 'ln', '-s', target, `/usr/local/bin/${program}`]);
    }
    buildah(['config', '--cmd', 'node', container]);
  });
}

/** Debian with these packages in it. */
export function debianWith(what, packages) {
  const name = nameOf(what, packages);
  if (hasImage(name)) return name;
  say(`making an image with ${packages.join(', ')} (once).`);
  return make(name, debian(), (container) => {
    const within = (...command) => buildah(['run', '--isolation', 'chroot', container, '--', ...command]);
    const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
    within('apt-get', '-q', 'update');
    within(...environment, 'apt-get', '-q', 'install', '-y', '--no-install-recommends', ...packages);
    within('apt-get', 'clean');
  });
}

export function removeImage(name) {
  podman(['image', 'rm', '--force', name], { may: true });
}
