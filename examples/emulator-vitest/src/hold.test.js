import { startEmulator } from '@qwarden/qumulo-emulator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdAll } from './hold.js';

let emulator;
let cluster;

beforeEach(async () => {
  emulator = await startEmulator({
    tls: false,
    initial: { files: { '/records/a.pdf': 'a', '/records/b.pdf': 'b', '/records/drafts/c.txt': 'c' } },
  });
  cluster = { url: emulator.url, token: emulator.accessToken };
});

afterEach(() => emulator.stop());

const remove = (path) =>
  fetch(`${emulator.url}/v1/files/${encodeURIComponent(path)}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${emulator.accessToken}` },
  });

test('the files of the directory are held, those below it are not', async () => {
  // A cluster lists a directory in no order that one could rely on.
  expect(new Set(await holdAll(cluster, '/records'))).toEqual(new Set(['/records/a.pdf', '/records/b.pdf']));
  expect((await remove('/records/a.pdf')).status).toBe(403);
  expect((await remove('/records/drafts/c.txt')).status).toBe(200);
});

test('a cluster that is busy for a moment is asked again', async () => {
  emulator.faults.add({ operation: 'PATCH *', times: 2, fail: { status: 503, errorClass: 'unavailable' } });
  expect(await holdAll(cluster, '/records')).toHaveLength(2);
  expect(emulator.stats.lockCalls()).toHaveLength(2);
});

test('one that stays busy is an error that names the call', async () => {
  emulator.faults.add({ operation: 'PATCH *', fail: { status: 503, errorClass: 'unavailable' } });
  await expect(holdAll(cluster, '/records')).rejects.toThrow(/^PATCH \/v1\/files\/\d+\/file-lock: 503 unavailable$/);
});

test('a session that has ended is an error', async () => {
  emulator.expireTokens();
  await expect(holdAll(cluster, '/records')).rejects.toThrow('401');
});
