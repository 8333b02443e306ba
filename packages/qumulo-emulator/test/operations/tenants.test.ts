import { describe, expect, it } from 'vitest';
import { at, listAt, startCluster, textAt } from '../support/client.ts';

const TENANTS = '/v1/multitenancy/tenants/';
const KEYS = [
  'id',
  'identity_config_id',
  'name',
  'networks',
  'nfs_enabled',
  'replication_enabled',
  'rest_api_enabled',
  'smb_enabled',
  'ssh_enabled',
  'web_ui_enabled',
];

describe('tenants', () => {
  it('have exactly the ten keys; the ETag is on calls of one and not on the list or DELETE', async () => {
    const client = await startCluster();
    const list = await client.ok('GET', TENANTS);
    expect(list.headers.etag).toBeUndefined();
    expect(listAt(list.json, 'entries')).toHaveLength(1);
    const one = await client.ok('GET', `${TENANTS}1`);
    expect(Object.keys(Object(one.json)).sort()).toEqual(KEYS);
    expect(one.json).toMatchObject({ id: 1, name: 'Default', networks: [1], nfs_enabled: true, smb_enabled: true });
    expect(one.headers.etag).toBeDefined();
    const made = await client.ok('POST', TENANTS, { name: 'lab', identity_config_id: 1, nfs_enabled: true });
    expect(made.json).toEqual({
      id: 2,
      name: 'lab',
      networks: [],
      identity_config_id: 1,
      nfs_enabled: true,
      replication_enabled: false,
      rest_api_enabled: false,
      smb_enabled: false,
      ssh_enabled: false,
      web_ui_enabled: false,
    });
    expect(made.headers.etag).toBeDefined();
    const gone = await client.ok('DELETE', `${TENANTS}2`);
    expect(gone.headers.etag).toBeUndefined();
    expect((await client.call('GET', `${TENANTS}2`)).status).toBe(404);
    expect((await client.call('GET', `${TENANTS}x`)).status).toBe(400);
  });

  it('take single keys, whole objects and If-Match', async () => {
    const client = await startCluster();
    const before = await client.ok('GET', `${TENANTS}1`);
    const stopped = await client.ok('PATCH', `${TENANTS}1`, { nfs_enabled: false, smb_enabled: false });
    expect(stopped.json).toEqual({ ...Object(before.json), nfs_enabled: false, smb_enabled: false });
    const stale = { body: { name: 'x' }, headers: { 'if-match': before.headers.etag ?? '' } };
    for (const verb of ['PATCH', 'DELETE']) expect((await client.call(verb, `${TENANTS}1`, stale)).status).toBe(412);
    const back = await client.ok('PATCH', `${TENANTS}1`, before.json, {
      headers: { 'if-match': stopped.headers.etag ?? '' },
    });
    expect(back.json).toEqual(before.json);
    expect((await client.ok('PUT', `${TENANTS}1`, { ...Object(before.json), name: 'Main' })).json).toMatchObject({
      name: 'Main',
    });
    expect((await client.call('PUT', `${TENANTS}1`, { body: { name: 'Main' } })).status).toBe(400);
  });

  it('refuse a name twice, a network twice, and their own end while it is not possible', async () => {
    const client = await startCluster();
    const refused = async (method: string, path: string, body: unknown, status: number) => {
      const answer = await client.call(method, path, { body });
      expect([answer.status, typeof at(answer.json, 'error_class')]).toEqual([status, 'string']);
    };
    await refused('POST', TENANTS, { name: 'Default' }, 409);
    await refused('POST', TENANTS, { name: '' }, 400);
    await refused('POST', TENANTS, {}, 400);
    await refused('POST', TENANTS, { name: 'b', networks: [1] }, 409);
    await refused('DELETE', `${TENANTS}1`, undefined, 409);
    await client.ok('PATCH', `${TENANTS}1`, { networks: [] });
    await refused('DELETE', `${TENANTS}1`, undefined, 409);
    await client.ok('POST', TENANTS, { name: 'b', networks: [1, 2] });
    await refused('PATCH', `${TENANTS}1`, { networks: [2] }, 409);
    await refused('PATCH', `${TENANTS}9`, { name: 'c' }, 404);
  });

  it('take their exports, shares and settings along when they go', async () => {
    const client = await startCluster();
    await client.ok('POST', TENANTS, { name: 'lab' });
    const share = await client.ok('POST', '/v3/smb/shares/', { share_name: 'Lab', fs_path: '/', tenant_id: 2 });
    const nfsExport = await client.ok('POST', '/v3/nfs/exports/', { export_path: '/', fs_path: '/', tenant_id: 2 });
    await client.ok('PUT', '/v1/multitenancy/nfs/settings/2', { ...nfs, idmap_domain: null });
    await client.ok('DELETE', `${TENANTS}2`);
    expect((await client.call('GET', `/v3/smb/shares/${textAt(share.json, 'id')}`)).status).toBe(404);
    expect((await client.call('GET', `/v3/nfs/exports/${textAt(nfsExport.json, 'id')}`)).status).toBe(404);
    expect((await client.ok('GET', '/v1/multitenancy/nfs/settings/')).json).toEqual({ entries: [] });
    for (const [uri, body] of [
      ['/v3/smb/shares/', { share_name: 'Lab', fs_path: '/', tenant_id: 2 }],
      ['/v3/nfs/exports/', { export_path: '/lab', fs_path: '/', tenant_id: 2 }],
    ] as const)
      expect((await client.call('POST', uri, { body })).status).toBe(404);
  });

  it('need privileges of their own', async () => {
    const client = await startCluster();
    const { token } = await client.userWith('reader', ['PRIVILEGE_TENANT_READ']);
    const { token: nobody } = await client.userWith('nobody', []);
    expect((await client.call('GET', TENANTS, { token })).status).toBe(200);
    expect((await client.call('GET', TENANTS, { token: nobody })).status).toBe(403);
    expect((await client.call('PATCH', `${TENANTS}1`, { token, body: { nfs_enabled: false } })).status).toBe(403);
  });
});

const nfs = {
  v4_enabled: true,
  krb5_enabled: false,
  krb5i_enabled: false,
  krb5p_enabled: false,
  auth_sys_enabled: true,
};
const smb = {
  session_encryption: 'REQUIRED',
  supported_dialects: ['SMB2_DIALECT_3_11'],
  hide_shares_from_unauthorized_hosts: true,
  hide_shares_from_unauthorized_users: true,
  snapshot_directory_mode: 'HIDDEN',
  bypass_traverse_checking: true,
  signing_required: true,
};

describe.each([
  {
    protocol: 'nfs',
    whole: { ...nfs, idmap_domain: 'example.com' },
    part: { v4_enabled: false },
    missing: 'api_nfs_tenant_settings_do_not_exist_error',
    cluster: '/v2/nfs/settings',
  },
  {
    protocol: 'smb',
    whole: smb,
    part: { supported_dialects: [] },
    missing: 'api_multitenancy_smb_tenant_settings_do_not_exist_error',
    cluster: '/v1/smb/settings',
  },
])('$protocol settings of tenants', ({ protocol, whole, part, missing, cluster }) => {
  const uri = `/v1/multitenancy/${protocol}/settings/`;
  const global = `/v1/multitenancy/${protocol}/global-settings`;

  it('are those of the cluster until a tenant is given its own', async () => {
    const client = await startCluster();
    for (const [verb, body] of [['GET'], ['DELETE'], ['PATCH', part]] as const)
      expect(await client.call(verb, `${uri}1`, { body })).toMatchObject({
        status: 404,
        json: { error_class: missing },
      });
    expect((await client.call('PUT', `${uri}1`, { body: part })).status).toBe(400);
    const given = await client.ok('PUT', `${uri}1`, whole);
    expect(given.json).toEqual(whole);
    expect((await client.ok('GET', uri)).json).toEqual({ entries: [{ tenant_id: 1, ...whole }] });
    const changed = await client.ok('PATCH', `${uri}1`, part, { headers: { 'if-match': given.headers.etag ?? '' } });
    expect(changed.json).toEqual({ ...whole, ...part });
    for (const verb of ['PUT', 'PATCH', 'DELETE'])
      expect(
        (await client.call(verb, `${uri}1`, { body: whole, headers: { 'if-match': given.headers.etag ?? '' } })).status,
      ).toBe(412);
    await client.ok('DELETE', `${uri}1`);
    expect((await client.call('GET', `${uri}1`)).status).toBe(404);
    expect((await client.call('PUT', `${uri}9`, { body: whole })).status).toBe(404);
  });

  it('change for all under both names of the global ones', async () => {
    const client = await startCluster();
    const before = (await client.ok('GET', global)).json;
    expect((await client.ok('GET', cluster)).json).toEqual(before);
    expect((await client.ok('PATCH', global, part)).json).toEqual({ ...Object(before), ...part });
    expect((await client.ok('GET', cluster)).json).toMatchObject(part);
  });
});
