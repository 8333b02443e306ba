import { describe, expect, it } from 'vitest';
import { encodeSegment } from '../../src/http/percent.ts';
import { at, listAt, startCluster, textAt } from '../support/client.ts';

const data = (path: string): string => `/v1/files/${encodeSegment(path)}/data`;

describe('references', () => {
  it.each([
    'plain',
    'with blank',
    '100%',
    '%2F',
    'a+b&c=d?e#f;g',
    '"quotes" and \'ticks\'',
    'new\nline',
    'emoji 📁',
    'right‏to‎left',
    'ünïcödé',
    '\ud800lone',
    '~$tmp.doc',
    'x'.repeat(255),
  ])('carry the name %j', async (name) => {
    const client = await startCluster({ tls: false });
    const made = await client.ok('POST', '/v1/files/%2F/entries/', { name, action: 'CREATE_FILE' });
    const id = textAt(made.json, 'id');
    const ref = encodeSegment(`/${name}`);
    const byPath = await client.ok('GET', `/v1/files/${ref}/info/attributes`);
    expect(byPath.json).toMatchObject({ id, name, path: `/${name}` });
    expect(listAt((await client.ok('GET', '/v1/files/%2F/entries/')).json, 'files')).toMatchObject([{ id, name }]);
    await client.ok('DELETE', `/v1/files/%2F/entries/${encodeSegment(name)}`);
    expect((await client.call('GET', `/v1/files/${id}/info/attributes`)).status).toBe(404);
  });

  it('carry a path of 4,000 characters and more in one segment', async () => {
    const client = await startCluster();
    let path = '';
    for (let depth = 0; depth < 40; depth++) {
      const name = `${depth}`.padEnd(200, 'ü');
      await client.ok('POST', `/v1/files/${encodeSegment(path === '' ? '/' : path)}/entries/`, {
        name,
        action: 'CREATE_DIRECTORY',
      });
      path += `/${name}`;
    }
    expect(path.length).toBeGreaterThan(8000);
    const answer = await client.ok('GET', `/api/v1/files/${encodeSegment(path)}/info/attributes`);
    expect(textAt(answer.json, 'path')).toBe(`${path}/`);
  });

  it('take a directory with its trailing slash, by path and by id, and a colon or slash raw in no segment', async () => {
    const client = await startCluster();
    const id = await client.createDirectory('/', 'd');
    for (const ref of ['%2Fd', '%2Fd%2F', id])
      expect(textAt((await client.ok('GET', `/v1/files/${ref}/info/attributes`)).json, 'id')).toBe(id);
    expect((await client.call('GET', '/v1/files//d/info/attributes')).status).toBe(404);
  });
});

describe('data', () => {
  it('is written whole, in parts, chunked, and read in ranges', async () => {
    const client = await startCluster();
    await client.createFile('/', 'f');
    const written = await client.ok('PUT', data('/f'), 'hello world', {
      chunked: true,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(written.json).toMatchObject({ size: '11' });
    const read = await client.call('GET', data('/f'));
    expect(read).toMatchObject({
      status: 200,
      text: 'hello world',
      headers: { 'content-type': 'application/octet-stream', 'content-length': '11' },
    });
    expect(read.headers.etag).toBe(written.headers.etag);
    await client.ok('PATCH', `${data('/f')}?offset=6`, 'there', { headers: { 'if-match': read.headers.etag ?? '' } });
    expect((await client.call('GET', `${data('/f')}?offset=6&length=3`)).text).toBe('the');
    expect(await client.call('GET', `${data('/f')}?offset=999`)).toMatchObject({ status: 200, text: '' });
    const stale = await client.call('PATCH', data('/f'), {
      body: 'x',
      headers: { 'if-match': read.headers.etag ?? '' },
    });
    expect(stale).toMatchObject({ status: 412 });
    await client.ok('PATCH', `${data('/f')}?offset=20`, 'end');
    const { bytes } = await client.call('GET', data('/f'));
    expect(bytes.subarray(11, 20)).toEqual(Buffer.alloc(9));
    await client.ok('PUT', data('/f'));
    expect((await client.call('GET', data('/f'))).bytes).toHaveLength(0);
  });

  it('of many megabytes survives both ways', async () => {
    const client = await startCluster();
    await client.createFile('/', 'big');
    const big = Buffer.alloc(20 * 1024 * 1024 + 7);
    for (let i = 0; i < big.length; i += 4096) big.writeUInt32LE(i, i);
    await client.ok('PUT', data('/big'), big);
    expect((await client.call('GET', data('/big'))).bytes.equals(big)).toBe(true);
  });

  it('beyond the limit is a 413 and changes nothing', async () => {
    const client = await startCluster({ maxBodyBytes: 1000, maxJsonBytes: 100 });
    await client.createFile('/', 'f');
    expect((await client.call('PUT', data('/f'), { body: 'x'.repeat(1001), chunked: true })).status).toBe(413);
    expect((await client.call('GET', data('/f'))).bytes).toHaveLength(0);
    const answer = await client.call('POST', '/v1/session/login', {
      body: { username: 'x'.repeat(100), password: '' },
    });
    expect(answer.status).toBe(413);
  });

  it('that stops in the middle changes nothing', async () => {
    const client = await startCluster();
    await client.createFile('/', 'f');
    const request = client.send('PUT', data('/f'), { chunked: true, body: 'x', headers: {} });
    const half = client.send('PUT', data('/f'), { headers: { 'content-length': '100' }, body: undefined });
    half.on('error', () => {});
    half.destroy();
    await new Promise((resolve) => {
      request.once('response', (response) => {
        response.resume().once('end', resolve);
      });
    });
    expect((await client.call('GET', data('/f'))).text).toBe('x');
    expect((await client.call('GET', '/v1/version')).status).toBe(200);
  });
});

describe('entries', () => {
  it('page to the last with an empty next, and keep what was asked', async () => {
    const client = await startCluster({ tls: false });
    for (let i = 0; i < 25; i++) await client.createFile('/', `f${i}.txt`);
    for (let i = 0; i < 5; i++) await client.createFile('/', `g${i}.dat`);
    const names: string[] = [];
    let next = '/v1/files/%2F/entries/?limit=10&smb-pattern=*.txt&skip-atime-update=true';
    let pages = 0;
    while (next !== '') {
      const page = await client.ok('GET', next);
      names.push(...listAt(page.json, 'files').map((file) => textAt(file, 'name')));
      next = textAt(page.json, 'paging.next');
      pages++;
    }
    expect(names.sort()).toEqual(Array.from({ length: 25 }, (_, i) => `f${i}.txt`).sort());
    expect(pages).toBeGreaterThanOrEqual(3);
  });

  it('give the token back in another form: after taken out of next, with an own limit', async () => {
    const client = await startCluster({ tls: false });
    for (let i = 0; i < 5; i++) await client.createFile('/', `f${i}`);
    const first = await client.ok('GET', '/v1/files/2/entries/?limit=2');
    const after = new URL(`http://x${textAt(first.json, 'paging.next')}`).searchParams.get('after') ?? '';
    const rest = await client.ok('GET', `/v1/files/%2F/entries/?after=${encodeSegment(after)}&limit=100`);
    expect(listAt(rest.json, 'files')).toHaveLength(3);
    expect(textAt(rest.json, 'paging.next')).toBe('');
  });

  it('carry ACLs when asked', async () => {
    const client = await startCluster();
    await client.createFile('/', 'f');
    const page = await client.ok('GET', '/v1/files/%2F/entries/?include-acls=true');
    expect(listAt(page.json, 'file_acls.acl_indices')).toEqual([0]);
    expect(at(page.json, 'file_acls.acl_pool.0.aces.0.trustee')).toMatchObject({ auth_id: expect.any(String) });
  });

  it.each([
    [{ action: 'CREATE_FILE' }, 400, 'decode_error'],
    [{ name: 'x' }, 400, 'decode_error'],
    [{ name: 'x', action: 'MAKE' }, 400, 'decode_error'],
    [{ name: 5, action: 'CREATE_FILE' }, 400, 'decode_error'],
    [{ name: 'x', action: 'RENAME', old_path: '/missing' }, 404, 'fs_no_such_entry_error'],
    [{ name: 'd', action: 'CREATE_DIRECTORY' }, 409, 'fs_entry_exists_error'],
  ])('POST %j is %i %s', async (body, status, errorClass) => {
    const client = await startCluster({ tls: false });
    await client.createDirectory('/', 'd');
    expect(await client.call('POST', '/v1/files/%2F/entries/', { body })).toMatchObject({
      status,
      json: { error_class: errorClass },
    });
  });
});

describe('retention lock', () => {
  it('is set, read back and enforced; an empty PATCH changes nothing', async () => {
    const client = await startCluster();
    await client.createFile('/', 'f');
    const path = '/v1/files/%2Ff/file-lock';
    expect(at((await client.ok('PATCH', path, {})).json, 'lock')).toEqual({
      retention_period: null,
      legal_hold: false,
    });
    const locked = await client.ok('PATCH', path, {
      retention_period: '2040-01-01T00:00:00Z',
      legal_hold: true,
      extra: 1,
    });
    expect(at(locked.json, 'lock')).toEqual({ retention_period: '2040-01-01T00:00:00Z', legal_hold: true });
    expect((await client.call('PUT', data('/f'), { body: 'x' })).status).toBe(403);
    expect((await client.call('PATCH', path, { body: { retention_period: '2039-01-01T00:00:00Z' } })).status).toBe(403);
    const plain = await client.ok('GET', '/v1/files/%2Ff/info/attributes');
    expect(at(plain.json, 'lock')).toBeUndefined();
    const asked = await client.ok('GET', '/v1/files/%2Ff/info/attributes?retrieve-file-lock=True');
    expect(at(asked.json, 'lock.legal_hold')).toBe(true);
  });

  it.each([
    [{ retention_period: 'tomorrow' }, 400],
    [{ retention_period: 5 }, 400],
    [{ legal_hold: 'yes' }, 400],
    [[], 400],
  ])('%j is %i', async (body, status) => {
    const client = await startCluster({ tls: false });
    await client.createFile('/', 'f');
    expect((await client.call('PATCH', '/v1/files/%2Ff/file-lock', { body })).status).toBe(status);
  });

  it('obeys If-Match', async () => {
    const client = await startCluster();
    await client.createFile('/', 'f');
    const { headers } = await client.ok('GET', '/v1/files/%2Ff/info/attributes');
    await client.ok('PUT', data('/f'), 'changed');
    const lock = (etag: string) =>
      client.call('PATCH', '/v1/files/%2Ff/file-lock', { body: { legal_hold: true }, headers: { 'if-match': etag } });
    expect((await lock(headers.etag ?? '')).status).toBe(412);
    const fresh = await client.ok('GET', '/v1/files/%2Ff/info/attributes');
    expect((await lock(fresh.headers.etag ?? '')).status).toBe(200);
  });
});

describe('what hangs on a file', () => {
  it('streams, user metadata, ACLs, copies, holes and resolving go over the wire', async () => {
    const client = await startCluster();
    const id = await client.createFile('/', 'f');
    const stream = await client.ok('POST', '/v1/files/%2Ff/streams/', { stream_name: 'notes' });
    const streamId = textAt(stream.json, 'id');
    await client.ok('PUT', `/v1/files/%2Ff/streams/${streamId}/data`, 'aside');
    expect((await client.call('GET', `/v1/files/%2Ff/streams/${streamId}/data`)).text).toBe('aside');
    await client.ok('POST', `/v1/files/%2Ff/streams/${streamId}/rename`, { stream_name: 'more' });
    expect((await client.ok('GET', '/v1/files/%2Ff/streams/')).json).toMatchObject([{ name: 'more', size: '5' }]);
    await client.ok('DELETE', `/v1/files/%2Ff/streams/${streamId}`);

    await client.ok('PUT', '/v1/files/%2Ff/user-metadata/GENERIC/a%20key', { value: 'dmFsdWU=' });
    expect(
      (await client.call('POST', '/v1/files/%2Ff/user-metadata/generic/a%20key', { body: { value: '' } })).status,
    ).toBe(409);
    expect((await client.ok('GET', '/v1/files/%2Ff/user-metadata/generic/a%20key')).json).toEqual({
      value: 'dmFsdWU=',
    });
    expect((await client.ok('GET', '/v1/files/%2Ff/user-metadata/')).json).toMatchObject({
      entries: [{ type: 'GENERIC', key: 'a key', value: 'dmFsdWU=' }],
      paging: { next: null },
    });
    expect(
      (await client.call('PUT', '/v1/files/%2Ff/user-metadata/generic/k', { body: { value: [1, 2] } })).status,
    ).toBe(400);
    expect(
      (await client.call('PUT', '/v1/files/%2Ff/user-metadata/generic/k', { body: { value: 'no base64!' } })).status,
    ).toBe(400);
    await client.ok('DELETE', '/v1/files/%2Ff/user-metadata/generic/a%20key');
    expect((await client.call('DELETE', '/v1/files/%2Ff/user-metadata/generic/a%20key')).status).toBe(404);

    const acl = await client.ok('GET', '/v2/files/%2Ff/info/acl');
    const back = await client.ok('PUT', '/v2/files/%2Ff/info/acl', acl.json, {
      headers: { 'if-match': acl.headers.etag ?? '' },
    });
    expect(at(back.json, 'aces')).toEqual(at(acl.json, 'aces'));
    const bare = {
      control: ['PRESENT'],
      posix_special_permissions: [],
      aces: [{ type: 'ALLOWED', flags: [], rights: ['READ'], trustee: '500' }],
    };
    expect(await client.call('PUT', '/v2/files/%2Ff/info/acl', { body: bare })).toMatchObject({
      status: 400,
      json: { error_class: 'decode_error' },
    });
    await client.ok('PUT', '/v1/files/%2Ff/info/acl', bare);

    await client.ok('PUT', data('/f'), 'content');
    await client.createFile('/', 'copy');
    const copied = await client.ok('POST', '/v1/files/%2Fcopy/copy-chunk', { source_path: '/f' });
    expect(copied.text).toBe('');
    expect(copied.headers.etag).toMatch(/^".+"$/);
    expect((await client.call('GET', data('/copy'))).text).toBe('content');
    await client.ok('POST', '/v1/files/%2Fcopy/punch-hole', { offset: '0', size: '3' });
    expect((await client.call('GET', data('/copy'))).bytes.subarray(0, 4)).toEqual(Buffer.from('\0\0\0t'));
    expect((await client.ok('POST', '/v1/files/resolve', [id, '424242'])).json).toEqual([
      { id, path: '/f' },
      { id: '424242', path: '' },
    ]);
    expect((await client.ok('GET', '/v1/files/%2F/aggregates/')).json).toMatchObject({ total_files: '2' });
    expect(
      listAt((await client.ok('GET', '/v1/files/%2F/recursive-aggregates/?max-depth=1')).json, '').length,
    ).toBeGreaterThan(0);
    expect((await client.ok('POST', '/v1/files/%2Ff/fetch-data', { offset: '0' })).json).toEqual({
      bytes_fetched: '7',
      next_offset: null,
    });
  });
});
