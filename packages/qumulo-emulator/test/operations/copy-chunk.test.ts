import { describe, expect, it } from 'vitest';
import { startCluster, type TestClient, textAt } from '../support/client.ts';

/** Follows a copy to its end as the SDK does: each answer is the next body, each ETag the next If-Match. */
async function copy(client: TestClient, uri: string, first: object, ifMatch?: string) {
  const bodies: unknown[] = [];
  let body: unknown = first;
  let etag = ifMatch;
  for (;;) {
    const answer = await client.call('POST', uri, {
      body,
      headers: etag === undefined ? {} : { 'if-match': etag },
    });
    if (answer.status !== 200) return { status: answer.status, bodies };
    etag = answer.headers.etag;
    expect(etag).toBeDefined();
    if (answer.json === undefined || Object.keys(Object(answer.json)).length === 0)
      return { status: 200, etag, bodies };
    body = answer.json;
    bodies.push(body);
  }
}

const data = async (client: TestClient, path: string) => (await client.ok('GET', `/v1/files/${path}/data`)).text;

async function cluster() {
  const client = await startCluster({
    tls: false,
    unknowns: { copyChunkLimit: 4 },
    initial: { files: { '/a': '0123456789', '/b': '', '/empty': '' } },
  });
  return { client, id: textAt((await client.ok('GET', '/v1/files/%2Fa/info/attributes')).json, 'id') };
}

describe('copy-chunk', () => {
  it('goes on from answer to answer, by path and by id, until the answer is empty', async () => {
    const { client, id } = await cluster();
    const copied = await copy(client, '/v1/files/%2Fb/copy-chunk', { source_path: '/a' });
    expect(copied.bodies).toMatchObject([
      { source_path: '/a', source_offset: '4', target_offset: '4', length: '6' },
      { source_path: '/a', source_offset: '8', target_offset: '8', length: '2' },
    ]);
    expect(await data(client, '%2Fb')).toBe('0123456789');
    const { etag } = (await client.ok('GET', '/v1/files/%2Fb/info/attributes')).headers;
    expect(copied.etag).toBe(etag);
    await copy(
      client,
      '/v1/files/%2Fb/copy-chunk',
      { source_id: id, source_stream_id: '0', target_offset: '10' },
      etag,
    );
    expect(await data(client, '%2Fb')).toBe('01234567890123456789');
    expect((await copy(client, '/v1/files/%2Fb/copy-chunk', { source_path: '/empty' })).bodies).toEqual([]);
  });

  it('refuses to go on when target or source changed meanwhile', async () => {
    const { client, id } = await cluster();
    const source = (await client.ok('GET', '/v1/files/%2Fa/info/attributes')).headers.etag ?? '';
    const first = await client.ok('POST', '/v1/files/%2Fb/copy-chunk', { source_id: id, source_etag: source });
    await client.ok('PUT', '/v1/files/%2Fb/data', 'mine');
    const next = { body: first.json, headers: { 'if-match': first.headers.etag ?? '' } };
    expect((await client.call('POST', '/v1/files/%2Fb/copy-chunk', next)).status).toBe(412);
    await client.ok('PUT', '/v1/files/%2Fa/data', 'changed');
    expect((await client.call('POST', '/v1/files/%2Fb/copy-chunk', { body: first.json })).status).toBe(412);
    expect(await data(client, '%2Fb')).toBe('mine');
  });

  it('copies what a snapshot holds, of a file that is gone too; only the body names the snapshot', async () => {
    const { client, id } = await cluster();
    const { json } = await client.ok('POST', '/v3/snapshots/', { name_suffix: 's', expiration: '' });
    const snapshot = Number(Object(json).id);
    await client.ok('PUT', '/v1/files/%2Fa/data', 'new');
    expect((await copy(client, `/v1/files/%2Fb/copy-chunk?snapshot=${snapshot}`, { source_id: id })).status).toBe(200);
    expect(await data(client, '%2Fb')).toBe('new');
    await client.ok('DELETE', '/v1/files/%2Fa');
    await client.ok('PUT', '/v1/files/%2Fb/data', '');
    const old = await client.ok('GET', `/v1/files/${id}/info/attributes?snapshot=${snapshot}`);
    const from = { source_id: id, source_snapshot: snapshot, source_etag: old.headers.etag };
    const copied = await copy(client, '/v1/files/%2Fb/copy-chunk', from);
    expect(copied).toMatchObject({
      status: 200,
      bodies: [{ source_snapshot: snapshot }, { source_snapshot: snapshot }],
    });
    expect(await data(client, '%2Fb')).toBe('0123456789');
    expect((await copy(client, '/v1/files/%2Fb/copy-chunk', { source_id: id })).status).toBe(404);
    expect((await copy(client, '/v1/files/%2Fb/copy-chunk', { source_id: id, source_snapshot: 99 })).status).toBe(404);
  });

  it('copies named streams, both ways, on one chain of ETags with the file', async () => {
    const { client } = await cluster();
    const stream = await client.ok('POST', '/v1/files/%2Fb/streams/', { stream_name: 's' });
    const streamId = textAt(stream.json, 'id');
    const uri = `/v1/files/%2Fb/streams/${streamId}`;
    const into = await copy(client, `${uri}/copy-chunk`, { source_path: '/a' }, stream.headers.etag);
    expect(into.bodies).toHaveLength(2);
    expect((await client.ok('GET', `${uri}/data`)).text).toBe('0123456789');
    const stale = await copy(client, `${uri}/copy-chunk`, { source_path: '/a' }, stream.headers.etag);
    expect(stale.status).toBe(412);
    const out = { source_path: '/b', source_stream_id: streamId };
    expect((await copy(client, '/v1/files/%2Fempty/copy-chunk', out)).status).toBe(200);
    expect(await data(client, '%2Fempty')).toBe('0123456789');
    expect((await copy(client, '/v1/files/%2Fb/copy-chunk', { source_path: '/a' }, into.etag)).status).toBe(200);
  });

  it('needs exactly one source, that is a file, and a target', async () => {
    const { client, id } = await cluster();
    const status = async (uri: string, body: object) => (await client.call('POST', uri, { body })).status;
    expect(await status('/v1/files/%2Fb/copy-chunk', {})).toBe(400);
    expect(await status('/v1/files/%2Fb/copy-chunk', { source_id: id, source_path: '/a' })).toBe(400);
    expect(await status('/v1/files/%2Fb/copy-chunk', { source_path: '/' })).toBe(400);
    expect(await status('/v1/files/%2Fb/copy-chunk', { source_path: '/none' })).toBe(404);
    expect(await status('/v1/files/%2Fnone/copy-chunk', { source_path: '/a' })).toBe(404);
    expect(await status('/v1/files/%2Fb/copy-chunk', { source_path: '/a', source_stream_id: '99' })).toBe(404);
  });
});
