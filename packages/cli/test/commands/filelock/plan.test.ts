import { expect, test } from 'vitest';
import { planFilelock } from '../../../src/commands/filelock/plan.ts';
import { byteCount } from '../../../src/commands/filelock/output-plan.ts';
import { defaultStateDir, stateDirsToRead } from '../../../src/commands/filelock/state-dir.ts';
import { durationMs } from '../../../src/options/duration.ts';
import { resolve } from '../../../src/options/resolve.ts';
import { filelockOptions } from '../../../src/options/table/filelock.ts';
import { cliErrorOf } from '../../support.ts';

async function plan(flags: Record<string, string | boolean>, environment: Record<string, string> = {}) {
  const all = { host: 'q', username: 'u', password: 'p', directoryPath: '/r', legalHold: true, ...flags };
  const source = new Map(
    Object.entries(all).map(([name, value]) => [name, { value, origin: { kind: 'flag', flag: name } as const }]),
  );
  return planFilelock(await resolve({ table: filelockOptions, flags: source, environment }), environment);
}

test('makes a policy of the settings', async () => {
  expect(await plan({ retention: '7y', interval: '0', recursive: true, existing: 'lock' })).toMatchObject({
    watch: { ref: '/r', recursive: true },
    policy: { retention: { text: '7y' }, legalHold: true, intervalMs: 0, existing: 'lock', builtinExcludes: true },
    dryRun: false,
  });
});

test('an id and a path from the same source must turn out the same; else the stronger one counts', async () => {
  expect(await plan({ fileNum: '7' })).toMatchObject({ watch: { ref: '7' }, alsoPath: '/r' });
  const stronger = await plan({}, { QWARDEN_FILE_ID: '7' });
  expect(stronger.watch.ref).toBe('/r');
  expect(stronger.alsoPath).toBeUndefined();
});

test('--output-max-size without --output is refused', async () => {
  expect((await cliErrorOf(() => plan({ outputMaxSize: '1M' }))).message).toContain('--output-max-size');
});

test('state directories: readable, one per cluster and directory, below XDG_STATE_HOME', () => {
  const at = (ref: string, port = 8000) =>
    defaultStateDir({ XDG_STATE_HOME: '/state' }, { host: 'Q.example.com', port, ref });
  expect(at('/records/2031')).toMatch(/^\/state\/qwarden\/filelock\/q\.example\.com_8000_-records-2031-[0-9a-f]{8}$/);
  expect(new Set([at('/a/b'), at('/a-b'), at('/a', 443), at('/a'), at(`/${'x'.repeat(4000)}`)]).size).toBe(5);
  expect(at(`/${'x'.repeat(4000)}`).length).toBeLessThan(200);
  expect(stateDirsToRead({ XDG_STATE_HOME: '/nowhere' }, undefined)).toEqual([]);
});

test.each([
  ['90', 90_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['2m', 120_000],
])('%s is %i ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each([
  ['500', 500],
  ['1k', 1024],
  ['20M', 20 * 1024 ** 2],
  ['1GB', 1024 ** 3],
])('%s is %i bytes', (text, bytes) => {
  expect(byteCount(text)).toBe(bytes);
});
