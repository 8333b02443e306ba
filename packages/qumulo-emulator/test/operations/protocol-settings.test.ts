import { describe, expect, it } from 'vitest';
import { startCluster } from '../support/client.ts';

describe('settings of the protocol servers', () => {
  it.each([
    ['/v2/nfs/settings', ['PUT', 'PATCH'], { v4_enabled: true, krb5_enabled: false, auth_sys_enabled: false }],
    ['/v2/nfs/settings', ['PATCH'], { idmap_domain: 'example.com' }],
    ['/v1/smb/settings', ['PATCH'], { supported_dialects: [] }],
    ['/v1/smb/settings', ['PATCH'], { session_encryption: 'REQUIRED', snapshot_directory_mode: 'DISABLED' }],
    ['/v1/s3/settings', ['PATCH'], { enabled: true, base_path: '/s3', multipart_upload_expiry_interval: 'never' }],
    ['/v0/ftp/settings', ['PUT', 'PATCH'], { enabled: true, greeting: 'hi', chroot_users: true }],
    ['/v0/ftp/settings', ['PATCH'], { anonymous_user: { id_type: 'LOCAL_USER', id_value: 'guest' } }],
  ])('%s by %j keeps %j and the rest', async (uri, verbs, body) => {
    const client = await startCluster();
    const before = (await client.ok('GET', uri)).json;
    for (const verb of verbs) {
      expect((await client.ok(verb, uri, body)).json).toEqual({ ...Object(before), ...body });
      expect((await client.ok('GET', uri)).json).toMatchObject(body);
      expect((await client.ok('PATCH', uri, before)).json).toEqual(before);
    }
  });

  it.each([
    ['PATCH', '/v1/s3/settings', { base_path: 'relative' }],
    ['PATCH', '/v1/s3/settings', { multipart_upload_expiry_interval: '100days' }],
    ['PATCH', '/v1/s3/settings', { enabled: 'no' }],
    ['PATCH', '/v1/smb/settings', { supported_dialects: ['SMB1'] }],
    ['PATCH', '/v1/smb/settings', { supported_dialects: ['SMB2_DIALECT_2_1', 'SMB2_DIALECT_2_1'] }],
    ['PUT', '/v1/smb/settings', { supported_dialects: [] }],
    ['PATCH', '/v0/ftp/settings', { anonymous_user: 'guest' }],
    ['PATCH', '/v2/nfs/settings', { v4_enabled: 1 }],
  ])('%s %s refuses %j', async (verb, uri, body) => {
    const client = await startCluster();
    expect(await client.call(verb, uri, { body })).toMatchObject({
      status: 400,
      json: { error_class: 'decode_error' },
    });
  });

  it('puts all seven SMB keys', async () => {
    const client = await startCluster();
    const before = (await client.ok('GET', '/v1/smb/settings')).json;
    const whole = { ...Object(before), supported_dialects: [], signing_required: true };
    expect((await client.ok('PUT', '/v1/smb/settings', whole)).json).toEqual(whole);
  });

  it('clears idmap domain and anonymous user with null', async () => {
    const client = await startCluster();
    await client.ok('PATCH', '/v2/nfs/settings', { idmap_domain: 'a' });
    expect((await client.ok('PATCH', '/v2/nfs/settings', { idmap_domain: null })).json).toMatchObject({
      idmap_domain: null,
    });
    await client.ok('PATCH', '/v0/ftp/settings', { anonymous_user: { id_type: 'LOCAL_USER', id_value: '501' } });
    expect((await client.ok('PATCH', '/v0/ftp/settings', { anonymous_user: null })).json).toMatchObject({
      anonymous_user: null,
    });
  });

  it('has no ETag on S3 settings, and tells whether FTP runs', async () => {
    const client = await startCluster();
    expect((await client.ok('PATCH', '/v1/s3/settings', {})).headers.etag).toBeUndefined();
    expect((await client.ok('GET', '/v1/s3/settings')).headers.etag).toBeUndefined();
    expect((await client.ok('GET', '/v0/ftp/status')).json).toMatchObject({ settings: { enabled: false } });
  });

  it.each([
    ['PRIVILEGE_S3_SETTINGS', '/v1/s3/settings'],
    ['PRIVILEGE_FTP', '/v0/ftp/settings'],
    ['PRIVILEGE_NFS_SETTINGS', '/v2/nfs/settings'],
  ])('%s_READ reads, _WRITE writes', async (privilege, uri) => {
    const client = await startCluster();
    const { token: reader } = await client.userWith('reader', [`${privilege}_READ`]);
    const { token: writer } = await client.userWith('writer', [`${privilege}_WRITE`]);
    expect((await client.call('GET', uri, { token: reader })).status).toBe(200);
    expect((await client.call('PATCH', uri, { token: reader, body: {} })).status).toBe(403);
    expect((await client.call('GET', uri, { token: writer })).status).toBe(403);
    expect((await client.call('PATCH', uri, { token: writer, body: {} })).status).toBe(200);
  });
});
