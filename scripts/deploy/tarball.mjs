// The tarball that brings its own Node: unpacked in an empty directory and run with an empty PATH; its SBOM, man pages and completions.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isAllowed } from '../licences.mjs';
import { filesBelow, manifestOf } from '../staging.mjs';
import { makeTarball } from '../tarball.mjs';
import { testInstallPageTarball } from './packages/install-page.mjs';
import { run as runProcess, start, startEmulator } from './packages/processes.mjs';
import { ensureValidator, testSbom } from './packages/sbom.mjs';
import { testCompletions, testManPages } from './packages/shells.mjs';
import { ensurePrograms, MissingError } from './tools.mjs';

export const title = 'the tarball that brings its own Node, its SBOM, man pages and completions';

export async function missing() {
  if (process.platform !== 'linux') return 'the tarball is for Linux.';
  try {
    const programs = {
      curl: 'curl',
      tar: 'tar',
      bash: 'bash',
      zsh: 'zsh',
      fish: 'fish',
      man: 'man-db',
      script: 'bsdutils',
    };
    ensurePrograms(programs, 'the test of the tarball');
    ensureValidator();
  } catch (error) {
    if (error instanceof MissingError) return error.message;
    throw error;
  }
  return undefined;
}

/** All that a process of the tarball gets: there is no other program for it, and no setting. */
const bare = (HOME) => ({ PATH: '', HOME });

const SHIPPED = [
  /^(LICENSE|README|THIRD-PARTY-LICENSES|package\.json|sbom\.cdx\.json|bin\/qwarden|node\/LICENSE|node\/bin\/node)$/,
  /^share\/(man\/man1\/qwarden[a-z-]*\.1|bash-completion\/completions\/qwarden|zsh\/site-functions\/_qwarden)$/,
  /^share\/fish\/vendor_completions\.d\/qwarden\.fish$/,
  /^node_modules\/(?!.*(\.([cm]?ts|map|flow|tsbuildinfo)$|\/(tests?|__tests__|examples|\.github)\/))/,
];

async function testFiles(test, { file, sums, name }, unpacked) {
  await test('its checksum is right, and a changed byte is found', async () => {
    const directory = dirname(sums);
    await runProcess('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: directory });
    const changed = readFileSync(file);
    changed[1000] ^= 1;
    const copy = mkdtempSync(join(dirname(unpacked), 'changed-'));
    cpSync(sums, join(copy, 'SHA256SUMS'));
    await runProcess('bash', ['-c', `cat > ${name}.tar.gz; sha256sum --check --strict SHA256SUMS`], {
      cwd: copy,
      status: 1,
    });
  });
  await test('it has what runs, pages, completions and licences, and nothing else; programs alone can be run', async () => {
    const tree = join(unpacked, name);
    assert.deepEqual(readdirSync(unpacked), [name]);
    const strange = filesBelow(tree).filter((path) => !SHIPPED.some((pattern) => pattern.test(path)));
    assert.deepEqual(strange, []);
    const { stdout } = await runProcess('tar', ['--list', '--verbose', '--numeric-owner', '-f', file], {
      cwd: unpacked,
    });
    const lines = stdout
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('d'));
    const programs = lines.filter((line) => line.startsWith('-rwx')).map((line) => line.split(' ').at(-1));
    assert.deepEqual(programs, [`${name}/bin/qwarden`, `${name}/node/bin/node`]);
    for (const line of lines) assert.match(line, /^-(rw-r--r--|rwxr-xr-x) 0\/0 /);
  });
}

async function testProgram(test, tree, temporary) {
  const qwarden = join(tree, 'bin', 'qwarden');
  const { version } = manifestOf('cli');
  await test('it runs with an empty PATH and no settings, by any way to its name', async () => {
    const cwd = temporary();
    const link = join(cwd, 'link');
    symlinkSync(qwarden, link);
    symlinkSync('link', join(cwd, 'link to a link'));
    for (const command of [qwarden, link, join(cwd, 'link to a link'), './link']) {
      const { stdout, stderr } = await runProcess(command, ['--version'], { cwd, env: bare(cwd) });
      assert.deepEqual([stdout, stderr], [`${version}\n`, ''], command);
    }
    const { stdout } = await runProcess('/bin/sh', ['qwarden', 'version'], { cwd: dirname(qwarden), env: bare(cwd) });
    assert.equal(stdout, `${version}\n`);
  });
  await test('it locks a file on a cluster: its own emulator', async () => {
    const cwd = temporary();
    const env = bare(cwd);
    const emulator = await startEmulator(qwarden, ['emulator'], { cwd, env });
    const { host, port, username, password, fingerprint256 } = emulator.coordinates;
    const cluster = {
      QWARDEN_HOST: host,
      QWARDEN_PORT: String(port),
      QWARDEN_USERNAME: username,
      QWARDEN_PASSWORD: password,
    };
    const child = start(qwarden, ['filelock', '--directory-path', '/', '--retention', '7d', '--interval', '0'], {
      cwd,
      env: { ...env, ...cluster, QWARDEN_TLS_FINGERPRINT: fingerprint256 },
    });
    try {
      await child.says(/Listening for change notifications/);
      await emulator.control('POST', 'files/create', { directory: '/', count: 1, prefix: 'record-' });
      await child.says(/Successfully locked file: \/record-/);
      child.kill('SIGTERM');
      assert.equal(await child.ended(), 0);
    } finally {
      child.kill('SIGKILL');
      // The shell has become node: the signal is qwarden's own.
      assert.equal(await emulator.stop(), 0);
    }
  });
}

export async function run(test) {
  const place = mkdtempSync(join(tmpdir(), 'qwarden-tarball-'));
  const temporary = () => mkdtempSync(join(place, 'empty-'));
  try {
    const first = makeTarball();
    const sums = readFileSync(first.sums, 'utf8');
    const unpacked = temporary();
    await runProcess('tar', ['-xzf', first.file, '-C', unpacked], { cwd: place });
    const tree = join(unpacked, first.name);
    await testFiles(test, first, unpacked);
    await testProgram(test, tree, temporary);
    await testSbom(test, tree, temporary);
    await test('what may not be shipped is refused by its licence', () => {
      for (const refused of ['GPL-3.0-only', 'MIT AND AGPL-3.0-only', 'SEE LICENSE IN x', undefined, ''])
        assert.ok(!isAllowed(refused), refused);
      for (const allowed of ['MIT', '(MIT OR GPL-3.0-only)', 'MIT AND ISC']) assert.ok(isAllowed(allowed), allowed);
    });
    const { stdout } = await runProcess(join(tree, 'bin', 'qwarden'), ['--help'], { cwd: place });
    const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]+) {2,}\S/gm)].map(([, name]) => name);
    await testManPages(test, join(tree, 'bin'), commands);
    await testInstallPageTarball(test, first, temporary);
    await testCompletions(test, tree, temporary);
    await test('made again it is the same, byte for byte', () => {
      assert.equal(readFileSync(makeTarball().sums, 'utf8'), sums);
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
