import { describe, expect, it } from 'vitest';
import type { ClientRequest } from '../../src/index.ts';
import { listAt, startCluster, type TestClient, textAt } from '../support/client.ts';

const TENANT = '/v1/multitenancy/tenants/1';
const EXPORT = '/v3/nfs/exports/1';
const SHARE = '/v3/smb/shares/1';
const hosts = (type: 'ALLOWED' | 'DENIED', rights: string[], ranges: string[] = []) => ({
  network_permissions: [{ type, address_ranges: ranges, rights }],
});
const readOnlyShare = hosts('ALLOWED', ['READ']);
const closedShare = hosts('DENIED', ['ALL']);
const rules = (...list: object[]) => ({
  restrictions: list.map((rule) => ({ host_restrictions: [], user_mapping: 'NFS_MAP_NONE', ...rule })),
});

const write = (protocol: ClientRequest['protocol'], more: Partial<ClientRequest> = {}): ClientRequest => ({
  protocol,
  action: 'write',
  path: '/f',
  data: 'x',
  ...more,
});

async function cluster(options: Parameters<typeof startCluster>[0] = {}) {
  const client = await startCluster({ tls: false, initial: { files: { '/f': 'old', '/d/g': 'deep' } }, ...options });
  const why = (request: ClientRequest) => {
    const outcome = client.emulator.asClient(request);
    return outcome.done ? 'done' : outcome.why;
  };
  return { client, why, patch: (uri: string, body: object) => client.ok('PATCH', uri, body) };
}

const contentOf = async (client: TestClient, path: string) =>
  (await client.ok('GET', `/v1/files/${encodeURIComponent(path)}/data`)).text;

describe('clients of other protocols', () => {
  it('act on the tree, through the directory of the export or share', async () => {
    const { client, why, patch } = await cluster();
    await patch(SHARE, { fs_path: '/d' });
    await patch(EXPORT, { fs_path: '/d' });
    for (const protocol of ['nfs', 'smb'] as const) {
      expect(client.emulator.asClient({ protocol, action: 'read', path: 'g' })).toMatchObject({ data: 'deep' });
      expect(why(write(protocol, { path: '/new', data: protocol }))).toBe('done');
      expect(await contentOf(client, '/d/new')).toBe(protocol);
      expect(why({ protocol, action: 'append', path: '/new', data: '+' })).toBe('done');
      expect(await contentOf(client, '/d/new')).toBe(`${protocol}+`);
      expect(why({ protocol, action: 'mkdir', path: '/sub' })).toBe('done');
      expect(why({ protocol, action: 'rename', path: '/new', to: '/sub/moved' })).toBe('done');
      expect(why({ protocol, action: 'create', path: '/sub/moved' })).toBe('file-system');
      expect(why({ protocol, action: 'remove', path: '/sub/moved' })).toBe('done');
      expect(why({ protocol, action: 'remove', path: '/sub' })).toBe('done');
      expect(why({ protocol, action: 'read', path: '/sub' })).toBe('file-system');
      expect(why({ protocol, action: 'read', path: '../f' })).toBe('not-found');
      expect(why({ protocol, action: 'read' })).toBe('not-found');
    }
    expect(why({ protocol: 'nfs', action: 'open', path: '/g' })).toBe('not-found');
  });

  it('meet retention locks and file permissions', async () => {
    const { client, why, patch } = await cluster();
    const id = textAt((await client.ok('GET', '/v1/files/%2Ff/info/attributes')).json, 'id');
    await client.ok('PATCH', `/v1/files/${id}/file-lock`, { legal_hold: true });
    expect(why(write('nfs'))).toBe('file-system');
    expect(why(write('smb'))).toBe('file-system');
    await client.ok('PATCH', `/v1/files/${id}/file-lock`, { legal_hold: false });
    expect(why(write('nfs', { uid: 1001 }))).toBe('file-system');
    expect(why(write('nfs'))).toBe('done');
    await patch(EXPORT, rules({ user_mapping: 'NFS_MAP_ROOT' }));
    expect(why(write('nfs'))).toBe('file-system');
    const admin = { id_type: 'LOCAL_USER', id_value: 'admin' };
    await patch(EXPORT, rules({ user_mapping: 'NFS_MAP_ALL', map_to_user: admin }));
    expect(why(write('nfs', { uid: 1001 }))).toBe('done');
  });

  it.each(['nfs', 'smb'] as const)('of %s are stopped by the tenant, and go on when it is back', async (protocol) => {
    const { client, why, patch } = await cluster();
    const before = (await client.ok('GET', TENANT)).json;
    await patch(TENANT, { [`${protocol}_enabled`]: false });
    expect(why(write(protocol))).toBe('protocol-off');
    expect(why({ protocol, action: 'read', path: '/f' })).toBe('protocol-off');
    expect(why(write(protocol === 'nfs' ? 'smb' : 'nfs', { data: 'other' }))).toBe('done');
    await patch(TENANT, Object(before));
    expect(why(write(protocol, { data: 'again' }))).toBe('done');
    expect(await contentOf(client, '/f')).toBe('again');
  });

  it('of one tenant do not stop those of another', async () => {
    const { client, why, patch } = await cluster();
    await client.ok('POST', '/v1/multitenancy/tenants/', { name: 'lab', nfs_enabled: true, smb_enabled: true });
    expect(why(write('nfs', { tenantId: 2 }))).toBe('not-found');
    await client.ok('POST', '/v3/nfs/exports/', { export_path: '/', fs_path: '/', tenant_id: 2 });
    await client.ok('POST', '/v3/smb/shares/', {
      share_name: 'Files',
      fs_path: '/',
      tenant_id: 2,
      permissions: [{ type: 'ALLOWED', trustee: { sid: 'S-1-1-0' }, rights: ['ALL'] }],
    });
    await patch(TENANT, { nfs_enabled: false, smb_enabled: false });
    for (const protocol of ['nfs', 'smb'] as const) {
      expect(why(write(protocol))).toBe('protocol-off');
      expect(why(write(protocol, { tenantId: 2 }))).toBe('done');
      expect(why(write(protocol, { tenantId: 9 }))).toBe('protocol-off');
    }
  });

  it('read and do not write through what is read-only', async () => {
    const { client, why, patch } = await cluster();
    await patch(EXPORT, rules({ read_only: true }));
    await patch(SHARE, readOnlyShare);
    for (const protocol of ['nfs', 'smb'] as const) {
      expect(why({ protocol, action: 'read', path: '/f' })).toBe('done');
      for (const action of ['write', 'append', 'create', 'mkdir', 'remove', 'rename'] as const)
        expect(why({ protocol, action, path: '/f', to: '/h' })).toBe('read-only');
    }
    expect(await contentOf(client, '/f')).toBe('old');
    await patch(SHARE, closedShare);
    expect(why({ protocol: 'smb', action: 'read', path: '/f' })).toBe('not-allowed');
    await patch(SHARE, hosts('ALLOWED', ['ALL']));
    expect(why(write('smb'))).toBe('done');
  });

  it('are told apart by their host: the first restriction that fits applies', async () => {
    const { why, patch } = await cluster();
    await patch(
      EXPORT,
      rules({ host_restrictions: ['10.1.0.0/16'] }, { host_restrictions: ['10.0.0.0/8'], read_only: true }),
    );
    expect(why(write('nfs', { address: '10.1.2.3' }))).toBe('done');
    expect(why(write('nfs', { address: '10.2.0.1' }))).toBe('read-only');
    expect(why(write('nfs', { address: '192.168.0.1' }))).toBe('not-allowed');
    await patch(SHARE, hosts('ALLOWED', ['ALL'], ['10.1.0.0/16']));
    expect(why(write('smb', { address: '10.1.2.3' }))).toBe('done');
    expect(why(write('smb', { address: '10.2.0.1' }))).toBe('not-allowed');
  });

  it('are told apart by their user, and by how they authenticate', async () => {
    const { client, why, patch } = await cluster();
    expect(why({ protocol: 'smb', action: 'read', path: '/f', user: 'guest' })).toBe('not-allowed');
    expect(why({ protocol: 'smb', action: 'read', path: '/f', user: 'nobody' })).toBe('not-allowed');
    await client.userWith('reader', ['PRIVILEGE_FILE_READ_ACCESS']);
    expect(why({ protocol: 'smb', action: 'read', path: '/f', user: 'reader' })).toBe('done');
    expect(why(write('smb', { user: 'reader' }))).toBe('file-system');
    await patch(EXPORT, rules({ required_authentication_mode: 'AUTHENTICATION_MODE_KRB5' }));
    expect(why(write('nfs'))).toBe('not-allowed');
    await patch(EXPORT, rules({}));
    await patch('/v2/nfs/settings', { auth_sys_enabled: false });
    expect(why(write('nfs'))).toBe('not-allowed');
  });

  it('of SMB are stopped by dialects, of all or of one tenant', async () => {
    const { client, why, patch } = await cluster();
    const smb = (await client.ok('GET', '/v1/smb/settings')).json;
    await patch('/v1/smb/settings', { supported_dialects: [] });
    expect(why(write('smb'))).toBe('protocol-off');
    await client.ok('PUT', '/v1/multitenancy/smb/settings/1', smb);
    expect(why(write('smb'))).toBe('done');
    await patch('/v1/multitenancy/smb/settings/1', { supported_dialects: [] });
    expect(why(write('smb'))).toBe('protocol-off');
  });

  it.each([
    ['s3', '/v1/s3/settings'],
    ['ftp', '/v0/ftp/settings'],
  ] as const)('of %s are there when the server is on', async (protocol, uri) => {
    const { why, patch } = await cluster();
    expect(why(write(protocol))).toBe('protocol-off');
    await patch(uri, { enabled: true });
    expect(why(write(protocol))).toBe('done');
    await patch(uri, { enabled: false });
    expect(why({ protocol, action: 'read', path: '/f' })).toBe('protocol-off');
  });
});

describe('files that an SMB client has open', () => {
  const opened = (client: TestClient, more: Partial<ClientRequest> = {}) => {
    const outcome = client.emulator.asClient({ protocol: 'smb', action: 'open', path: '/f', ...more });
    if (!outcome.done || outcome.handle === undefined) throw new Error(JSON.stringify(outcome));
    return outcome.handle;
  };
  const through = (handle: string): ClientRequest => ({ protocol: 'smb', action: 'write', handle, data: 'held' });

  it('can be written as long as the session lives, though the share became read-only', async () => {
    const { client, why, patch } = await cluster();
    const handle = opened(client);
    await patch(SHARE, readOnlyShare);
    expect(why(through(handle))).toBe('done');
    const late = opened(client);
    expect(why(through(late))).toBe('read-only');
    const sessions = listAt((await client.ok('GET', '/v1/smb/sessions/')).json, 'session_infos');
    expect(sessions).toMatchObject([{ share_names: ['Files'], num_opens: 2 }]);
    await client.ok('POST', '/v1/smb/sessions/close', sessions);
    expect(why(through(handle))).toBe('not-found');
    await patch(SHARE, hosts('ALLOWED', ['ALL']));
    expect(why(through(handle))).toBe('not-found');
    expect(why(through(opened(client)))).toBe('done');
  });

  it('follow the share where a cluster is taken to do so', async () => {
    const { client, why, patch } = await cluster({ unknowns: { openSmbHandles: 'follow-share' } });
    const handle = opened(client);
    await patch(SHARE, readOnlyShare);
    expect(why(through(handle))).toBe('read-only');
    expect(why({ protocol: 'smb', action: 'read', handle })).toBe('done');
    await patch(SHARE, closedShare);
    expect(why({ protocol: 'smb', action: 'read', handle })).toBe('not-allowed');
  });

  it.each([
    ['keeps-sessions', 'done', 1],
    ['ends-sessions', 'not-found', 0],
  ] as const)('when SMB goes off and comes back: %s', async (smbOff, after, left) => {
    const { client, why, patch } = await cluster({ unknowns: { smbOff } });
    const handle = opened(client);
    await patch(TENANT, { smb_enabled: false });
    expect(why(through(handle))).not.toBe('done');
    expect(client.emulator.clients.sessions()).toHaveLength(left);
    await patch(TENANT, { smb_enabled: true });
    expect(why(through(handle))).toBe(after);
    const again = opened(client);
    await patch('/v1/smb/settings', { supported_dialects: [] });
    expect(client.emulator.clients.open(again) === undefined).toBe(smbOff === 'ends-sessions');
  });

  it('close, and are gone with their file', async () => {
    const { client, why } = await cluster();
    const handle = opened(client);
    expect(why({ protocol: 'smb', action: 'rename', handle, to: '/h' })).toBe('not-found');
    expect(why({ protocol: 'smb', action: 'remove', handle })).toBe('done');
    expect(why(through(handle))).toBe('file-system');
    expect(why({ protocol: 'smb', action: 'close', handle })).toBe('done');
    expect(why({ protocol: 'smb', action: 'close', handle })).toBe('not-found');
    expect(why({ protocol: 'smb', action: 'open', path: '/f' })).toBe('file-system');
  });
});

describe('POST /_emulator/clients', () => {
  it('tells what the client met, and refuses a misspelt wish', async () => {
    const { client, patch } = await cluster();
    const run = (body: object) => client.call('POST', '/_emulator/clients', { body });
    expect((await run({ protocol: 'nfs', action: 'write', path: '/f', data: 'by nfs' })).json).toMatchObject({
      done: true,
      fileId: expect.stringMatching(/^\d+$/),
    });
    expect(await contentOf(client, '/f')).toBe('by nfs');
    await patch(TENANT, { nfs_enabled: false });
    expect((await run({ protocol: 'nfs', action: 'remove', path: '/f' })).json).toEqual({
      done: false,
      why: 'protocol-off',
      text: 'NFS is off for tenant 1',
    });
    for (const body of [
      { protocol: 'nfs', action: 'write', path: '/f', adress: '10.0.0.1' },
      { protocol: 'afp', action: 'write', path: '/f' },
      { protocol: 'nfs', action: 'chew', path: '/f' },
    ])
      expect((await run(body)).status).toBe(400);
  });
});
