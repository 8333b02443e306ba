// The image: lint, build, contents, and a hardened container that locks files of an emulated cluster in another one, through everything that happens
// to containers. What was locked is asked of the emulator, never of qwarden.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildah, ensureContainers, inspect, podman, withNetwork } from './containers.mjs';
import { expect, expectEqual } from './expect.mjs';
import { badInput } from './image/bad-input.mjs';
import { NETWORK } from './image/hardened.mjs';
import { lifeOf } from './image/life.mjs';
import { buildImage, dockerfile, qwardenImage } from './qwarden-image.mjs';
import { ensurePythonTools, home, lacking, run as runProgram } from './tools.mjs';

export const title = 'the image: built, run with everything taken away, killed, stopped, watched';

export function missing() {
  return lacking(ensureContainers, ensurePythonTools);
}

const MOST_BYTES = 350_000_000;

export async function run(test) {
  const { hadolint } = ensurePythonTools();
  await test('hadolint finds nothing in the Dockerfile, and finds what is wrong in another', () => {
    const clean = runProgram(hadolint, [dockerfile], { may: true });
    expect(clean.status === 0, clean.stdout);
    const planted = join(home, 'Dockerfile.planted');
    writeFileSync(planted, 'FROM node:latest\nRUN apt-get install curl\nCMD node\n');
    expect(runProgram(hadolint, [planted], { may: true }).status === 1, 'the planted mistakes were not found');
    rmSync(planted);
  });
  let image;
  if (!(await test('it builds from a clean tree', () => (image = qwardenImage())))) return;
  await test('a second build from nothing has the same content, bit for bit', () => sameTwice(image));
  await test(`it is under ${MOST_BYTES / 1e6} MB, says what it is, and has no build tools`, () => contents(image));
  await withNetwork(async () => {
    podman(['network', 'create', NETWORK]);
    await lifeOf(image, test);
    await badInput(image, test);
  });
}

function sameTwice(image) {
  const again = buildImage('localhost/qwarden:again');
  try {
    expectEqual(inspect(again).RootFS.Layers, inspect(image).RootFS.Layers, 'the layers');
    expectEqual(inspect(again).Config, inspect(image).Config, 'the settings');
  } finally {
    buildah(['rmi', again], { may: true });
  }
}

function contents(image) {
  const { Size, Config, User } = inspect(image);
  expect(Size < MOST_BYTES, `it has ${Size} bytes`);
  expectEqual(User, '65532:65532', 'its user');
  expectEqual(Config.Entrypoint, ['qwarden'], 'its entry point');
  for (const label of ['title', 'version', 'licenses', 'source'])
    expect(Config.Labels[`org.opencontainers.image.${label}`], `it has no label ${label}`);
  const within = (...command) =>
    podman(['run', '--rm', '--network', 'none', '--entrypoint', '', image, ...command], { may: true });
  for (const program of ['npm', 'npx', 'corepack', 'cc', 'gcc', 'g++', 'make', 'python3', 'tsc', 'git', 'curl'])
    expect(within('sh', '-c', `command -v ${program}`).status !== 0, `it has ${program}`);
  expectEqual(
    within('find', '/', '-xdev', '-type', 'f', '-perm', '/6000').stdout,
    '',
    'programs that run as another user',
  );
  const writable = within(
    'sh',
    '-c',
    'find / -xdev -path /proc -prune -o -writable -not -type l -print 2>/dev/null',
  ).stdout;
  expectEqual(
    writable
      .trim()
      .split('\n')
      .filter((path) => !/^\/(dev|tmp|var\/tmp|var\/lib\/qwarden|run\/lock)(\/|$)/.test(path)),
    [],
    'what its user can change',
  );
  const version = within('qwarden', 'version').stdout.trim();
  expectEqual(version, Config.Labels['org.opencontainers.image.version'], 'its version');
}
