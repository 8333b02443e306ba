import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const oxlint = join(root, 'node_modules', '.bin', 'oxlint');
const plots = mkdtempSync(join(tmpdir(), 'qwarden-house-'));
afterAll(() => rmSync(plots, { recursive: true, force: true }));

/** Lints one file as if it stood at `path` in the repository; returns what oxlint printed. */
function lintAt(path: string, source: string): string {
  const plot = mkdtempSync(join(plots, 'plot-'));
  copyFileSync(join(root, '.oxlintrc.json'), join(plot, '.oxlintrc.json'));
  mkdirSync(join(plot, dirname(path)), { recursive: true });
  writeFileSync(join(plot, path), source);
  return spawnSync(oxlint, ['--deny-warnings', path], { cwd: plot, encoding: 'utf8' }).stdout;
}

const planted: [what: string, path: string, source: string, rule: string][] = [
  [
    'the client imports the engine',
    'packages/qumulo-client/src/a.ts',
    "export * from '@qwarden/engine';",
    'no-restricted-imports',
  ],
  [
    'the emulator imports client code',
    'packages/qumulo-emulator/src/a.ts',
    "export * from '@qwarden/qumulo-client';",
    'no-restricted-imports',
  ],
  [
    'the emulated file system imports the server',
    'packages/qumulo-emulator/src/fs/a.ts',
    "export * from '../http/server.ts';",
    'no-restricted-imports',
  ],
  [
    'the engine imports the emulator',
    'packages/engine/src/watch/a.ts',
    "export * from '@qwarden/qumulo-emulator';",
    'no-restricted-imports',
  ],
  [
    'a domain folder imports a store',
    'packages/engine/src/jobs/a.ts',
    "export * from '../stores/sqlite/open.ts';",
    'no-restricted-imports',
  ],
  [
    'a domain folder imports SQL',
    'packages/engine/src/watch/a.ts',
    "export { DatabaseSync } from 'node:sqlite';",
    'no-restricted-imports',
  ],
  [
    'an action imports an adapter of the outside',
    'packages/engine/src/actions/a.ts',
    "export * from '../outside/http.ts';",
    'no-restricted-imports',
  ],
  [
    'an action starts a process',
    'packages/engine/src/actions/a.ts',
    "export { spawn } from 'node:child_process';",
    'no-restricted-imports',
  ],
  [
    'the command line imports SQL',
    'packages/cli/src/a.ts',
    "export { DatabaseSync } from 'node:sqlite';",
    'no-restricted-imports',
  ],
  [
    'a test sleeps',
    'packages/engine/test/a.test.ts',
    "export { setTimeout } from 'node:timers/promises';",
    'no-restricted-imports',
  ],
  [
    'a test waits for a wall-clock time',
    'e2e/a.test.ts',
    'setTimeout(() => process.exit(), 5);',
    'no-restricted-globals',
  ],
];

describe('the plan of the house is kept by lint', () => {
  it.each(planted)('finds that %s', (_what, path, source, rule) => {
    expect(lintAt(path, `${source}\n`)).toContain(rule);
  });

  it('lets allowed imports pass', () => {
    expect(
      lintAt('packages/engine/src/watch/a.ts', "export { createClient } from '@qwarden/qumulo-client';\n"),
    ).not.toContain('no-restricted');
    expect(
      lintAt('packages/qumulo-emulator/src/fs/a.ts', "export type { Login } from '@qwarden/qumulo-client/wire';\n"),
    ).not.toContain('no-restricted');
    expect(
      lintAt('packages/engine/src/stores/sqlite/a.ts', "export { DatabaseSync } from 'node:sqlite';\n"),
    ).not.toContain('no-restricted');
  });
});

describe('the repository stands alone', () => {
  const tracked = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);

  it('reads nothing from beside it', () => {
    const outside = tracked.filter(
      (file) =>
        /\.(ts|mjs|js|py|sh|json|ya?ml)$|(^|\/)(run|qwarden)$/.test(file) &&
        file !== 'e2e/house.test.ts' &&
        existsSync(join(root, file)) &&
        /\.\.\/shared\//.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(outside).toEqual([]);
  });

  it('keeps no host names in its lock files', () => {
    for (const lock of tracked.filter((file) => file.endsWith('package-lock.json')))
      expect(readFileSync(join(root, lock), 'utf8')).not.toMatch(/"resolved":\s*"https?:/);
  });

  it('pins every dependency exactly, of every kind and tool', () => {
    const manifests = tracked.filter((file) => /(^|\/)package\.json$/.test(file));
    expect(manifests).toEqual(
      expect.arrayContaining(['package.json', 'packages/cli/package.json', 'tools/node/package.json']),
    );
    for (const file of manifests) {
      const manifest: Partial<Record<string, Record<string, string>>> = JSON.parse(
        readFileSync(join(root, file), 'utf8'),
      );
      for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
        for (const [dependency, version] of Object.entries(manifest[kind] ?? {}))
          expect(version, `${dependency} in ${kind} of ${file}`).toMatch(/^\d+\.\d+\.\d+$/);
    }
    const requirements = tracked.filter((file) => /(^|\/)requirements[^/]*\.txt$/.test(file));
    for (const file of requirements)
      for (const line of readFileSync(join(root, file), 'utf8').split('\n'))
        expect(line, file).toMatch(/^(?:#.*|-r .*|[\w.[\]-]+==[\w.]+(?:\s*[;#].*)?|\s*)$/);
  });

  it('knows the checksum of every package that is installed', () => {
    for (const file of tracked.filter((name) => name.endsWith('package-lock.json'))) {
      const lock: { packages: Record<string, { integrity?: string; link?: boolean; version?: string }> } = JSON.parse(
        readFileSync(join(root, file), 'utf8'),
      );
      const installed = Object.entries(lock.packages).filter(([at, { link }]) => at.includes('node_modules/') && !link);
      expect(installed.length, file).toBeGreaterThan(0);
      for (const [at, { integrity }] of installed) expect(integrity, `${at} in ${file}`).toMatch(/^sha512-/);
    }
  });
});
