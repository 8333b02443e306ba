import { describe, expect, it } from 'vitest';
import { at, listAt, startCluster, type TestClient, textAt } from '../support/client.ts';
import { openStream } from '../support/stream.ts';

const control = (client: TestClient, method: string, path: string, body?: unknown) =>
  client.call(method, `/_emulator/${path}`, { body, token: null });

describe('the control API', () => {
  it('adds, shows and removes faults', async () => {
    const client = await startCluster();
    const added = await control(client, 'POST', 'faults', {
      operation: 'GET /v1/version',
      times: 5,
      fail: { status: 500, errorClass: 'x' },
    });
    expect(added).toMatchObject({ status: 200, json: { id: 1 } });
    expect((await client.call('GET', '/v1/version')).status).toBe(500);
    expect((await control(client, 'GET', 'faults')).json).toMatchObject({ faults: [{ id: 1, hits: 1 }] });
    expect((await control(client, 'DELETE', 'faults/1')).json).toEqual({ removed: true });
    expect((await client.call('GET', '/v1/version')).status).toBe(200);
    await control(client, 'POST', 'faults', { delayMs: 1 });
    await control(client, 'DELETE', 'faults');
    expect((await control(client, 'GET', 'faults')).json).toEqual({ faults: [] });
  });

  it.each([
    ['POST', 'faults', { fail: { status: 'x' } }, 400],
    ['POST', 'faults', { drop: 'later' }, 400],
    ['POST', 'faults', { fail: { status: 99 } }, 400],
    ['POST', 'faults', { fail: { status: 503, retryafter: 1 } }, 400],
    ['POST', 'faults', { probability: 2 }, 400],
    ['POST', 'faults', { times: -1 }, 400],
    ['POST', 'faults', { delay: 5 }, 400],
    ['POST', 'clock', { action: 'set', instant: 'tomorrow' }, 400],
    ['POST', 'locks', { ref: '/missing', pair: 'smb/share-mode' }, 400],
    ['DELETE', 'locks/17', undefined, 404],
    ['GET', 'nothing', undefined, 404],
    ['PUT', 'faults', {}, 405],
  ])('answers %s %s %j with %i', async (method, path, body, status) => {
    const client = await startCluster();
    expect((await control(client, method, path, body)).status).toBe(status);
  });

  it('drops, hangs, resumes and overflows streams', async () => {
    const client = await startCluster();
    const stream = await openStream(client, '/v1/files/%2F/notify');
    expect((await control(client, 'GET', 'streams')).json).toMatchObject({
      streams: [{ path: '/v1/files/%2F/notify', hanging: false }],
    });
    expect((await control(client, 'POST', 'streams/hang', {})).json).toEqual({ hanging: 1 });
    await client.createFile('/', 'f');
    expect((await control(client, 'POST', 'streams/resume')).json).toEqual({ resumed: 1 });
    await stream.until(({ events }) => events.length === 1);
    expect((await control(client, 'POST', 'streams/overflow', { count: 1 })).json).toEqual({ overflowed: 1 });
    await stream.until(({ ended }) => ended === 'cleanly');
    const next = await openStream(client, '/v1/files/%2F/notify');
    expect((await control(client, 'POST', 'streams/drop', { count: 'all', mode: 'abruptly' })).json).toEqual({
      dropped: 1,
    });
    await next.until(({ ended }) => ended === 'abruptly');
  });

  it('turns the clock', async () => {
    const client = await startCluster();
    await control(client, 'POST', 'clock', { action: 'set', instant: '2031-01-01T00:00:00Z' });
    await control(client, 'POST', 'clock', { action: 'freeze' });
    const moved = await control(client, 'POST', 'clock', { action: 'move', milliseconds: 86_400_000 });
    expect(moved.json).toMatchObject({ frozen: true });
    expect(textAt(moved.json, 'now')).toMatch(/^2031-01-02T00:00:0/);
    expect((await client.call('GET', '/v1/version')).headers.date).toMatch(/^Thu, 02 Jan 2031/);
    expect((await control(client, 'POST', 'clock', { action: 'resume' })).json).toMatchObject({ frozen: false });
  });

  it('places opens and locks, and the API shows and releases them', async () => {
    const client = await startCluster();
    const id = await client.createFile('/', 'f');
    const opened = await control(client, 'POST', 'smb/opens', { ref: '/f', originator: '10.1.2.3' });
    const location = textAt(opened.json, 'location');
    const files = () => client.ok('GET', `/v1/smb/files/?file_number=${id}&resolve_paths=True`);
    expect((await files()).json).toMatchObject({
      file_handles: [{ file_number: id, handle_info: { path: '/f', location, originator: '10.1.2.3' } }],
      paging: { next: null },
    });
    await client.ok('POST', '/v1/smb/files/close', [{ handle_info: { location } }]);
    expect(listAt((await files()).json, 'file_handles')).toEqual([]);
    await control(client, 'POST', 'locks', { ref: id, pair: 'nlm/byte-range', offset: '0', size: '10' });
    const locks = await client.ok('GET', `/v1/files/${id}/locks/nlm/byte-range/?limit=1000`);
    expect(locks.json).toMatchObject({
      grants: [{ file_id: id, offset: '0', size: '10', mode: ['API_BYTE_RANGE_WRITE'] }],
    });
    expect((await control(client, 'POST', 'release', { ref: '/f' })).json).toEqual({ released: 1 });
    expect(listAt((await client.ok('GET', `/v1/files/${id}/locks/nlm/byte-range/`)).json, 'grants')).toEqual([]);
  });

  it('counts requests and remembers every retention-lock call of a file', async () => {
    const client = await startCluster();
    const id = await client.createFile('/', 'f');
    await client.call('PATCH', '/v1/files/%2Ff/file-lock', { body: { legal_hold: true } });
    await client.call('PATCH', `/v1/files/${id}/file-lock`, { body: { retention_period: '2001-01-01T00:00:00Z' } });
    const calls = await control(client, 'GET', `lock-calls/${id}`);
    expect(calls.json).toMatchObject({
      calls: [
        { ref: '/f', fileId: id, status: 200, request: { legal_hold: true }, lock: { legal_hold: true } },
        { ref: id, fileId: id, status: 400 },
      ],
    });
    const stats = await control(client, 'GET', 'stats');
    expect(at(stats.json, 'requests.PATCH /v1/files/{ref}/file-lock')).toEqual({ 200: 1, 400: 1 });
    expect(stats.json).toMatchObject({ peakInFlight: 1, openStreams: 0, lockCalls: 2 });
    await control(client, 'DELETE', 'stats');
    expect((await control(client, 'GET', 'stats')).json).toMatchObject({ totalRequests: 0, lockCalls: 0 });
  });

  it('expires sessions and tokens, swaps the certificate, restarts', async () => {
    const client = await startCluster();
    const token = await client.login('admin', 'Admin123!');
    expect((await control(client, 'POST', 'sessions/expire', {})).json).toEqual({ expired: 1 });
    expect((await client.call('GET', '/v1/session/who-am-i', { token })).status).toBe(401);
    const before = client.emulator.fingerprint256;
    const swapped = await control(client, 'POST', 'certificate', {});
    expect(textAt(swapped.json, 'fingerprint256')).toBe(client.emulator.fingerprint256);
    expect(client.emulator.fingerprint256).not.toBe(before);
    const stream = await openStream(client, '/v1/files/%2F/notify');
    await control(client, 'POST', 'restart', {});
    await stream.until(({ ended }) => ended === 'abruptly');
    client.agent.destroy();
    expect((await control(client, 'POST', 'tokens/expire', {})).json).toEqual({ expired: 1 });
  });
});
