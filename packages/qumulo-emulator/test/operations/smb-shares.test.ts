import { describe, expect, it } from 'vitest';
import { at, listAt, startCluster, textAt } from '../support/client.ts';

const SHARES = '/v3/smb/shares/';
const everyone = { auth_id: '8589934592' };
const all = ['READ', 'WRITE', 'CHANGE_PERMISSIONS'];
const openToAll = [{ type: 'ALLOWED', address_ranges: [], rights: all }];

describe('SMB shares', () => {
  it('start with Files, and fill in what was not sent', async () => {
    const client = await startCluster();
    expect((await client.ok('GET', SHARES)).json).toMatchObject({
      entries: [{ id: '1', share_name: 'Files', fs_path: '/', tenant_id: 1, network_permissions: openToAll }],
    });
    await client.createDirectory('/', 'd');
    const made = await client.ok('POST', SHARES, {
      share_name: 'Data',
      fs_path: '/d/',
      description: 'text',
      permissions: [{ type: 'ALLOWED', trustee: everyone, rights: ['ALL'] }],
    });
    const sid = 'S-1-1-0';
    expect(made.json).toEqual({
      id: '2',
      tenant_id: 1,
      share_name: 'Data',
      fs_path: '/d',
      description: 'text',
      permissions: [
        {
          type: 'ALLOWED',
          trustee: { domain: 'WORLD', auth_id: '8589934592', uid: null, gid: null, sid, name: 'Everyone' },
          rights: all,
        },
      ],
      network_permissions: openToAll,
      access_based_enumeration_enabled: false,
      require_encryption: false,
      allow_fs_path_create: false,
      expand_fs_path_variables: false,
      offline_files_caching_mode: 'NO_CACHING',
      default_file_create_mode: '0644',
      default_directory_create_mode: '0755',
    });
    expect((await client.ok('GET', `${SHARES}2`)).json).toEqual(made.json);
  });

  it('are read-only, closed and open by network permissions, in their stored forms', async () => {
    const client = await startCluster();
    const before = await client.ok('GET', `${SHARES}1`);
    const put = async (type: string, rights: string[]) =>
      at(
        (
          await client.ok('PATCH', `${SHARES}1`, {
            network_permissions: [{ type, address_ranges: [], rights }],
          })
        ).json,
        'network_permissions.0',
      );
    expect(await put('ALLOWED', ['READ'])).toEqual({ type: 'ALLOWED', address_ranges: [], rights: ['READ'] });
    expect(await put('DENIED', ['ALL'])).toEqual({ type: 'DENIED', address_ranges: [], rights: all });
    expect(await put('ALLOWED', ['ALL'])).toEqual(openToAll[0]);
    const stale = { body: before.json, headers: { 'if-match': before.headers.etag ?? '' } };
    expect((await client.call('PATCH', `${SHARES}1`, stale)).status).toBe(412);
    const back = await client.ok('PATCH', `${SHARES}1`, before.json);
    expect(back.json).toEqual(before.json);
  });

  it('show names of trustees in the list when asked', async () => {
    const client = await startCluster();
    const name = async (query: string) =>
      at((await client.ok('GET', `${SHARES}${query}`)).json, 'entries.0.permissions.0.trustee.name');
    expect(await name('?populate-trustee-names=true')).toBe('guest');
    expect(await name('?populate-trustee-names=false')).toBeNull();
    expect((await client.call('GET', `${SHARES}?populate-trustee-names=1`)).status).toBe(400);
    const other = await startCluster({ unknowns: { shareListNamesWhenNotAsked: 'filled', freshShare: 'none' } });
    await other.ok('POST', SHARES, {
      share_name: 'A',
      fs_path: '/',
      permissions: [{ type: 'DENIED', trustee: { name: 'guest' }, rights: ['NONE'] }],
    });
    expect((await other.ok('GET', SHARES)).json).toMatchObject({
      entries: [{ id: '1', permissions: [{ trustee: { name: 'guest' }, rights: [] }] }],
    });
  });

  it('make their directory only when told to', async () => {
    const client = await startCluster();
    const body = { share_name: 'New', fs_path: '/a/b' };
    expect((await client.call('POST', SHARES, { body })).status).toBe(404);
    const made = await client.ok('POST', SHARES, { ...body, allow_fs_path_create: true });
    expect(made.json).toMatchObject({ fs_path: '/a/b', allow_fs_path_create: true });
    expect((await client.ok('GET', '/v1/files/%2Fa%2Fb/info/attributes')).json).toMatchObject({ name: 'b' });
    const id = textAt(made.json, 'id');
    expect((await client.call('PATCH', `${SHARES}${id}`, { body: { fs_path: '/none' } })).status).toBe(404);
    await client.createFile('/', 'f');
    expect((await client.call('PATCH', `${SHARES}${id}`, { body: { fs_path: '/f' } })).status).toBe(400);
    expect((await client.call('PATCH', `${SHARES}${id}`, { body: { fs_path: 'f' } })).status).toBe(400);
    await client.ok('POST', SHARES, { share_name: 'Home', fs_path: '/home/%U', expand_fs_path_variables: true });
  });

  it.each([
    [{ share_name: 'files', fs_path: '/' }, 409],
    [{ share_name: 'a/b', fs_path: '/' }, 400],
    [{ share_name: '', fs_path: '/' }, 400],
    [{ share_name: 'x', fs_path: '/', default_file_create_mode: '999' }, 400],
    [{ share_name: 'x', fs_path: '/', offline_files_caching_mode: 'SOME' }, 400],
    [{ share_name: 'x', fs_path: '/', tenant_id: 7 }, 404],
    [{ share_name: 'x', fs_path: '/', permissions: [{ type: 'ALLOWED', trustee: everyone, rights: ['EAT'] }] }, 400],
    [{ share_name: 'x', fs_path: '/', permissions: [{ type: 'ALLOWED', trustee: { name: 'who' }, rights: [] }] }, 404],
    [{ share_name: 'x' }, 400],
  ])('refuse %j with %i', async (body, status) => {
    const client = await startCluster();
    const answer = await client.call('POST', SHARES, { body });
    expect([answer.status, typeof at(answer.json, 'error_class')]).toEqual([status, 'string']);
    expect(listAt((await client.ok('GET', SHARES)).json, 'entries')).toHaveLength(1);
  });

  it('take and keep everything that is sent, order included, and go', async () => {
    const client = await startCluster();
    const body = {
      share_name: 'Renamed',
      description: 'other',
      access_based_enumeration_enabled: true,
      require_encryption: true,
      offline_files_caching_mode: 'AUTOMATIC_CACHING',
      default_file_create_mode: '0600',
      default_directory_create_mode: '0700',
      network_permissions: [
        { type: 'DENIED', address_ranges: ['10.1.0.0/16'], rights: ['WRITE', 'READ'] },
        { type: 'ALLOWED', address_ranges: ['10.0.0.1-20'], rights: ['WRITE'] },
      ],
    };
    expect((await client.ok('PATCH', `${SHARES}1`, body)).json).toMatchObject(body);
    await client.ok('DELETE', `${SHARES}1`);
    for (const verb of ['GET', 'PATCH', 'DELETE'])
      expect((await client.call(verb, `${SHARES}1`, { body: {} })).status).toBe(404);
  });

  it('are bare arrays in v2, without tenant, the path flag in the query', async () => {
    const client = await startCluster();
    const body = {
      id: '',
      share_name: 'Old',
      fs_path: '/old/way',
      description: 'd',
      permissions: [
        { type: 'ALLOWED', trustee: { domain: '', name: 'guest', sid: '', auth_id: '' }, rights: ['READ'] },
      ],
      network_permissions: openToAll,
      access_based_enumeration_enabled: false,
      require_encryption: false,
    };
    expect((await client.call('POST', '/v2/smb/shares/?allow-fs-path-create=false', { body })).status).toBe(404);
    const made = await client.ok('POST', '/v2/smb/shares/?allow-fs-path-create=true', body);
    expect(made.json).toMatchObject({
      share_name: 'Old',
      bytes_per_sector: '512',
      permissions: [{ trustee: { domain: 'LOCAL', auth_id: '501', name: 'guest', uid: null }, rights: ['READ'] }],
    });
    expect(Object.keys(Object(made.json))).not.toContain('tenant_id');
    const uri = `/v2/smb/shares/${textAt(made.json, 'id')}`;
    expect((await client.ok('PATCH', uri, { ...Object(made.json), description: 'e' })).json).toEqual({
      ...Object(made.json),
      description: 'e',
    });
    expect(listAt((await client.ok('GET', '/v2/smb/shares/')).json, '')).toHaveLength(2);
    const whole = { share_name: 'Old', fs_path: '/old/way', description: '' };
    await client.ok('PATCH', uri, { access_based_enumeration_enabled: true });
    const { headers } = await client.ok('GET', uri);
    expect((await client.ok('PUT', uri, whole, { headers: { 'if-match': headers.etag ?? '' } })).json).toMatchObject({
      ...whole,
      permissions: [],
      access_based_enumeration_enabled: false,
    });
    expect((await client.call('PUT', uri, { body: whole, headers: { 'if-match': headers.etag ?? '' } })).status).toBe(
      412,
    );
    expect((await client.call('PUT', uri, { body: { ...whole, fs_path: '/none' } })).status).toBe(404);
    expect((await client.call('PUT', uri, { body: { description: 'x' } })).status).toBe(400);
    await client.ok('DELETE', uri);
    expect((await client.call('GET', uri)).status).toBe(404);
  });

  it('need their own privileges', async () => {
    const client = await startCluster();
    const { token } = await client.userWith('reader', ['PRIVILEGE_SMB_SHARE_READ']);
    expect((await client.call('GET', SHARES, { token })).status).toBe(200);
    expect((await client.call('GET', '/v1/smb/settings', { token })).status).toBe(200);
    for (const [verb, uri] of [
      ['POST', SHARES],
      ['PATCH', `${SHARES}1`],
      ['DELETE', `${SHARES}1`],
      ['PATCH', '/v1/smb/settings'],
    ] as const)
      expect((await client.call(verb, uri, { token, body: {} })).status).toBe(403);
  });
});
