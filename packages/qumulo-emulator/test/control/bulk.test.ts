import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller, Emulator } from '../../src/index.ts';
import { createFiles } from '../../src/control/bulk.ts';
import { startEmulator } from '../../src/index.ts';

let emulator: Emulator;
let admin: Caller;

beforeEach(async () => {
  emulator = await startEmulator({ tls: false });
  const user = emulator.cluster.identity.accounts.userNamed('admin');
  if (user === undefined) throw new Error('no administrator');
  admin = emulator.cluster.identity.callerOf(user);
  emulator.fs.createEntry(admin, '/', { name: 'records', action: 'CREATE_DIRECTORY' });
});
afterEach(async () => {
  await emulator.stop();
});

async function control(path: string, body: unknown): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${emulator.url}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, json: await answer.json() };
}

/** What `control('files/create')` answered. */
function created(json: unknown): { ids: string[]; createdMs: number[] } {
  if (typeof json !== 'object' || json === null || !('ids' in json) || !('createdMs' in json)) throw new Error('shape');
  const { ids, createdMs } = json;
  if (!Array.isArray(ids) || !Array.isArray(createdMs)) throw new Error('shape');
  return { ids: ids.map(String), createdMs: createdMs.map(Number) };
}

describe('files/create', () => {
  it('makes the files as a client would: with names, ids, times and one event each', async () => {
    const events: string[] = [];
    emulator.fs.onChange(({ type, chain }) => {
      if (type === 'child_file_added') events.push(chain.at(-1) ?? '');
    });
    const answer = await control('files/create', { directory: '/records', count: 450, prefix: 'scan ' });
    expect(answer.status).toBe(200);
    const { ids, createdMs } = created(answer.json);
    expect(ids).toHaveLength(450);
    expect(events).toEqual(ids);
    expect(emulator.fs.idOf('/records/scan 449')).toBe(ids[449]);
    expect(createdMs).toHaveLength(450);
    expect(createdMs).toEqual(createdMs.toSorted((a, b) => a - b));
  });

  it('keeps to a pace', async () => {
    const { createdMs } = created(
      (await control('files/create', { directory: '/records', count: 41, perSecond: 400 })).json,
    );
    const [first = 0] = createdMs;
    expect((createdMs.at(-1) ?? 0) - first).toBeGreaterThan(90);
  });

  it('does not overflow a watcher that takes nothing', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${emulator.url}/v1/files/%2Frecords/notify?recursive=false`, {
      headers: { authorization: `Bearer ${emulator.accessToken}` },
      signal: stop.signal,
    });
    expect(stream.status).toBe(200);
    const reader = new Response(stream.body).text().catch(() => undefined);
    emulator.streams.hang('all');
    const done = createFiles(emulator, { directory: '/records', count: 2_000, maxQueued: 300 });
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const [{ queued } = { queued: 0 }] = emulator.streams.all();
    expect(queued).toBeGreaterThan(300);
    expect(queued).toBeLessThan(700);
    emulator.streams.unhang();
    expect((await done).ids).toHaveLength(2_000);
    stop.abort();
    await reader;
  });

  it('says what is wrong with the order', async () => {
    expect(await control('files/create', { directory: '/nowhere', count: 1 })).toMatchObject({ status: 404 });
    expect(await control('files/create', { directory: '/records' })).toMatchObject({ status: 400 });
    await control('files/create', { directory: '/records', count: 1 });
    expect(await control('files/create', { directory: '/records', count: 1 })).toMatchObject({
      status: 409,
      json: { error_class: 'fs_entry_exists_error' },
    });
  });
});

describe('files/count', () => {
  it('counts files and retention locks in the whole tree below', async () => {
    emulator.fs.createEntry(admin, '/records', { name: 'deep', action: 'CREATE_DIRECTORY' });
    const here = created((await control('files/create', { directory: '/records', count: 3 })).json).ids;
    const deep = created((await control('files/create', { directory: '/records/deep', count: 2 })).json).ids;
    emulator.fs.modifyFileLock(admin, here[0] ?? '', { retention_period: '2999-01-01T00:00:00Z' });
    emulator.fs.modifyFileLock(admin, deep[0] ?? '', { legal_hold: true });
    expect((await control('files/count', { directory: '/records' })).json).toEqual({ files: 5, locked: 2 });
    expect((await control('files/count', { directory: '/records/deep' })).json).toEqual({ files: 2, locked: 1 });
  });
});

describe('lock calls', () => {
  it('are remembered with arrival and execution, a delay between them', async () => {
    const [id = ''] = created((await control('files/create', { directory: '/records', count: 1 })).json).ids;
    emulator.faults.add({ delayMs: 20 });
    const answer = await fetch(`${emulator.url}/v1/files/${id}/file-lock`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${emulator.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ legal_hold: true }),
    });
    expect(answer.status).toBe(200);
    const [call] = emulator.stats.lockCalls(id);
    expect((call?.monotonicMs ?? 0) - (call?.arrivedMs ?? 0)).toBeGreaterThanOrEqual(19);
  });
});
