import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { at, listAt, startCluster, textAt, type TestClient } from '../support/client.ts';

describe('quotas', () => {
  it('live from POST to DELETE, in status too', async () => {
    const client = await startCluster();
    const id = await client.createDirectory('/', 'd');
    expect(await client.call('GET', `/v1/files/quotas/${id}`)).toMatchObject({
      status: 404,
      json: { error_class: 'api_quotas_quota_limit_not_found_error' },
    });
    expect((await client.call('PUT', `/v1/files/quotas/${id}`, { body: { id, limit: '5' } })).status).toBe(404);
    expect((await client.ok('POST', '/v1/files/quotas/', { id, limit: '1000000' })).json).toEqual({
      id,
      limit: '1000000',
    });
    expect(await client.call('POST', '/v1/files/quotas/', { body: { id, limit: '1' } })).toMatchObject({
      status: 409,
      json: { error_class: 'api_quotas_quota_limit_already_set_error' },
    });
    await client.ok('PUT', `/v1/files/quotas/${id}`, { id, limit: '20000' });
    expect((await client.ok('GET', `/v1/files/quotas/${id}`)).json).toEqual({ id, limit: '20000' });
    expect((await client.ok('GET', '/v1/files/quotas/status/')).json).toMatchObject({
      quotas: [{ id, limit: '20000', path: '/d/', capacity_usage: expect.any(String) }],
      paging: { next: '' },
    });
    await client.createFile('/d', 'f');
    expect((await client.call('PUT', '/v1/files/%2Fd%2Ff/data', { body: 'x'.repeat(30_000) })).status).toBe(403);
    await client.ok('DELETE', `/v1/files/quotas/${id}`);
    expect((await client.call('DELETE', `/v1/files/quotas/${id}`)).status).toBe(404);
    await client.ok('PUT', '/v1/files/%2Fd%2Ff/data', 'x'.repeat(30_000));
  });
});

describe('tree delete', () => {
  it('takes the name at once and the contents in time, and is gone when done', async () => {
    const client = await startCluster();
    const { emulator } = client;
    const id = await client.createDirectory('/', 'd');
    const admin = emulator.cluster.identity.callerOf(emulator.cluster.identity.accounts.user('500'));
    for (let i = 0; i < 5000; i++) emulator.fs.createEntry(admin, '/d', { name: `f${i}`, action: 'CREATE_FILE' });
    const started = await client.call('POST', '/v1/tree-delete/jobs/', { body: { id } });
    expect(started).toMatchObject({ status: 202, text: '' });
    expect((await client.call('GET', '/v1/files/%2Fd/info/attributes')).status).toBe(404);
    await client.createDirectory('/', 'd');
    let job = await client.call('GET', `/v1/tree-delete/jobs/${id}`);
    while (job.status === 200) {
      expect(job.json).toMatchObject({ id, initial_path: '/d/', last_error_message: null });
      job = await client.call('GET', `/v1/tree-delete/jobs/${id}`);
    }
    expect(job).toMatchObject({ status: 404, json: { error_class: 'http_not_found_error' } });
    expect((await client.ok('GET', '/v1/tree-delete/jobs/')).json).toEqual({ jobs: [] });
  });

  it('stops at a locked file, and can be restarted and cancelled', async () => {
    const client = await startCluster();
    const id = await client.createDirectory('/', 'd');
    const file = await client.createFile('/d', 'held');
    await client.ok('PATCH', `/v1/files/${file}/file-lock`, { legal_hold: true });
    await client.call('POST', '/v1/tree-delete/jobs/', { body: { id: '/d' } });
    const message = async () => at((await client.ok('GET', `/v1/tree-delete/jobs/${id}`)).json, 'last_error_message');
    while ((await message()) === null);
    expect(await message()).toEqual(expect.stringContaining('lock'));
    await client.ok('PATCH', `/v1/files/${file}/file-lock`, { legal_hold: false });
    expect((await client.call('POST', `/v1/tree-delete/jobs/restart/${id}`)).status).toBe(202);
    while ((await client.call('GET', `/v1/tree-delete/jobs/${id}`)).status === 200);
    expect((await client.call('GET', `/v1/files/${file}/info/attributes`)).status).toBe(404);
    expect((await client.call('DELETE', `/v1/tree-delete/jobs/${id}`)).status).toBe(404);
    expect((await client.call('POST', '/v1/tree-delete/jobs/', { body: { id: '/missing' } })).status).toBe(404);
  });
});

describe('NFS exports', () => {
  const restrictions = [{ host_restrictions: ['10.0.0.0/8'], read_only: true, user_mapping: 'NFS_MAP_NONE' }];

  it('has one of a fresh cluster', async () => {
    const client = await startCluster();
    expect((await client.ok('GET', '/v2/nfs/exports/')).json).toMatchObject([
      { id: '1', export_path: '/', fs_path: '/' },
    ]);
    expect((await client.ok('GET', '/v3/nfs/exports/')).json).toMatchObject({ entries: [{ id: '1', tenant_id: 1 }] });
  });

  it('live in both versions, by id and by path', async () => {
    const client = await startCluster();
    const body = { id: '', export_path: '/a b', fs_path: '/deep/down', description: 'x', restrictions };
    expect((await client.call('POST', '/v2/nfs/exports/', { body })).status).toBe(404);
    const made = await client.ok('POST', '/v2/nfs/exports/?allow-fs-path-create=true', body);
    const id = textAt(made.json, 'id');
    expect(made.json).toEqual({
      id,
      export_path: '/a b',
      fs_path: '/deep/down',
      description: 'x',
      restrictions: [
        {
          host_restrictions: ['10.0.0.0/8'],
          read_only: true,
          require_privileged_port: false,
          required_authentication_mode: 'AUTHENTICATION_MODE_NONE',
          user_mapping: 'NFS_MAP_NONE',
          map_to_user: null,
          map_to_group: null,
        },
      ],
      fields_to_present_as_32_bit: [],
    });
    for (const ref of [id, '%2Fa%20b'])
      expect((await client.ok('GET', `/v2/nfs/exports/${ref}`)).json).toEqual(made.json);
    const v3 = await client.ok('GET', `/v3/nfs/exports/${id}`);
    expect(v3.json).toMatchObject({
      tenant_id: 1,
      restrictions: [{ required_authentication_mode: 'AUTHENTICATION_MODE_NONE' }],
    });
    const patched = await client.ok('PATCH', `/v3/nfs/exports/${id}?allow-fs-path-create=false`, v3.json, {
      headers: { 'if-match': v3.headers.etag ?? '' },
    });
    expect(patched.json).toEqual(v3.json);
    const stale = await client.call('PATCH', `/v3/nfs/exports/${id}`, {
      body: { description: 'y' },
      headers: { 'if-match': v3.headers.etag ?? '' },
    });
    expect(stale.status).toBe(412);
    const mapped = [
      {
        ...restrictions[0],
        user_mapping: 'NFS_MAP_ALL',
        map_to_user: { id_type: 'NFS_UID', id_value: 1001 },
        map_to_group: {},
      },
    ];
    await client.ok('PATCH', `/v2/nfs/exports/${id}`, {
      restrictions: mapped,
      fields_to_present_as_32_bit: ['FILE_IDS'],
    });
    expect((await client.ok('GET', `/v2/nfs/exports/${id}`)).json).toMatchObject({
      restrictions: [{ map_to_user: { id_type: 'NFS_UID', id_value: '1001' }, map_to_group: null }],
      fields_to_present_as_32_bit: ['FILE_IDS'],
    });
    expect(
      (await client.call('POST', '/v3/nfs/exports/', { body: { export_path: '/a b', fs_path: '/' } })).status,
    ).toBe(409);
    await client.ok('DELETE', '/v2/nfs/exports/%2Fa%20b');
    expect(await client.call('GET', `/v2/nfs/exports/${id}`)).toMatchObject({
      status: 404,
      json: { error_class: 'nfs_export_doesnt_exist_error' },
    });
    await client.ok('POST', '/v3/nfs/exports/', { export_path: '/a b', fs_path: '/' });
  });

  it.each([
    [{ fs_path: '/' }, 400],
    [{ export_path: 'relative', fs_path: '/' }, 400],
    [{ export_path: '/x', fs_path: '/', restrictions: [{ read_only: 'no' }] }, 400],
    [{ export_path: '/x', fs_path: '/', restrictions: [{ user_mapping: 'ALL' }] }, 400],
  ])('POST %j is %i', async (body, status) => {
    const client = await startCluster({ tls: false });
    expect((await client.call('POST', '/v2/nfs/exports/', { body })).status).toBe(status);
  });
});

describe('snapshots', () => {
  it('are made, listed, read, diffed and deleted in every version', async () => {
    const client = await startCluster();
    const d = await client.createDirectory('/', 'd');
    await client.createFile('/d', 'old');
    const older = await client.ok('POST', '/v3/snapshots/', {
      name_suffix: 'before',
      expiration: '',
      source_file_id: d,
    });
    expect(older.json).toMatchObject({
      id: 1,
      name: '1_before',
      source_file_id: d,
      policy_id: null,
      expiration: null,
      in_delete: false,
    });
    await client.createFile('/d', 'new');
    await client.ok('DELETE', '/v1/files/%2Fd%2Fold');
    const newer = await client.ok('POST', '/v2/snapshots/', {
      name: 'after',
      source_file_id: d,
      expiration: '2040-01-01T00:00:00.000000Z',
    });
    expect(newer.json).toMatchObject({
      id: 2,
      name: 'after',
      directory_name: '2_after',
      expiration: '2040-01-01T00:00:00Z',
      created_by_policy: false,
    });
    expect(await paths(client, '/v2/snapshots/2/changes-since/1?limit=1')).toEqual(
      expect.arrayContaining(['CREATE /d/new', 'DELETE /d/old']),
    );
    expect((await client.ok('GET', '/v1/files/%2Fd%2Fold/info/attributes?snapshot=1')).json).toMatchObject({
      name: 'old',
    });
    expect(listAt((await client.ok('GET', '/v3/snapshots/?filter=exclude_in_delete')).json, 'entries')).toHaveLength(2);
    expect(
      listAt((await client.ok('GET', '/v4/snapshots/status/?filter=api_snapshots_exclude_not_locked')).json, 'entries'),
    ).toHaveLength(0);
    expect((await client.ok('GET', '/v3/snapshots/status/1')).json).toMatchObject({
      source_file_path: '/d/',
      lock_key: null,
    });
    await client.ok('PATCH', '/v3/snapshots/1', { expiration: '2041-01-01T00:00:00Z' });
    expect((await client.ok('GET', '/v2/snapshots/1')).json).toMatchObject({ expiration: '2041-01-01T00:00:00Z' });
    await client.ok('PATCH', '/v2/snapshots/1?expiration-time-to-live=2days', {});
    expect(await client.call('DELETE', '/v3/snapshots/1')).toMatchObject({ status: 202, text: '{}' });
    expect(await client.call('DELETE', '/v2/snapshots/2')).toMatchObject({ status: 200, text: '' });
    expect(await client.call('GET', '/v3/snapshots/9')).toMatchObject({
      status: 404,
      json: { error_class: 'snapshot_not_found_error' },
    });
    expect(textAt((await client.ok('GET', '/v1/snapshots/total-used-capacity')).json, 'bytes')).toMatch(/^\d+$/);
  });

  it.each([
    ['GET', '/v3/snapshots/?filter=some', undefined],
    ['GET', '/v4/snapshots/status/?filter=some', undefined],
    ['GET', '/v3/snapshots/one', undefined],
    ['POST', '/v2/snapshots/?expiration-time-to-live=1days', { name: 'x', expiration: '2040-01-01T00:00:00Z' }],
    ['POST', '/v3/snapshots/', { expiration: 'never ever' }],
  ])('%s %s %j is a 400', async (method, path, body) => {
    const client = await startCluster({ tls: false });
    expect((await client.call(method, path, { body })).status).toBe(400);
  });

  it('are locked by a key, and unlocked only by its owner', async () => {
    const client = await startCluster();
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signed = (text: string) => sign('sha256', Buffer.from(text), privateKey).toString('base64');
    const body = {
      name: 'vault',
      public_key: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      verification_signature: signed('vault'),
      comment: 'c',
    };
    expect(
      (
        await client.call('POST', '/v1/file-system/security/keys/', {
          body: { ...body, verification_signature: signed('x') },
        })
      ).status,
    ).toBe(403);
    const key = textAt((await client.ok('POST', '/v1/file-system/security/keys/', body)).json, 'id');
    await client.ok('POST', '/v3/snapshots/', { name_suffix: 's', expiration: '2040-01-01T00:00:00Z' });
    await client.ok('POST', '/v3/snapshots/1/lock', { lock_key_ref: 'vault' });
    expect((await client.ok('GET', '/v3/snapshots/status/1')).json).toMatchObject({ lock_key: key });
    expect((await client.call('DELETE', '/v3/snapshots/1')).status).toBe(403);
    expect((await client.call('DELETE', `/v1/file-system/security/keys/${key}`)).status).toBe(409);
    expect(listAt((await client.ok('GET', '/v1/file-system/security/keys/vault/usages')).json, 'usages')).toHaveLength(
      1,
    );
    const challenge = textAt((await client.ok('GET', '/v3/snapshots/1/unlock-challenge')).json, 'challenge');
    expect((await client.call('POST', '/v3/snapshots/1/unlock', { body: { signature: signed('guess') } })).status).toBe(
      403,
    );
    await client.ok('POST', '/v3/snapshots/1/unlock', { signature: signed(challenge) });
    await client.call('DELETE', '/v3/snapshots/1');
    await client.ok('DELETE', '/v1/file-system/security/keys/vault');
  });

  it('have policies that are kept as sent', async () => {
    const client = await startCluster();
    const schedule = {
      creation_schedule: {
        frequency: 'SCHEDULE_DAILY_OR_WEEKLY',
        hour: 2,
        minute: 0,
        timezone: 'UTC',
        on_days: ['EVERY_DAY'],
      },
      expiration_time_to_live: '7days',
    };
    const made = await client.ok('POST', '/v3/snapshots/policies/', {
      policy_name: 'daily',
      source_file_id: '2',
      enabled: true,
      schedule,
      snapshot_name_template: null,
      lock_key_ref: null,
    });
    const id = String(at(made.json, 'id'));
    expect(at(made.json, 'schedule.creation_schedule')).toEqual(schedule.creation_schedule);
    await client.ok('PATCH', `/v3/snapshots/policies/${id}`, { enabled: false, lock_key_ref: null });
    expect((await client.ok('GET', `/v3/snapshots/policies/${id}`)).json).toMatchObject({
      enabled: false,
      policy_name: 'daily',
    });
    expect((await client.ok('GET', `/v3/snapshots/policies/status/${id}`)).json).toMatchObject({
      source_file_path: '/',
    });
    expect(
      (await client.call('POST', '/v3/snapshots/policies/', { body: { policy_name: 'daily', schedule } })).status,
    ).toBe(409);
    await client.ok('DELETE', `/v3/snapshots/policies/${id}`);
    expect((await client.call('GET', `/v3/snapshots/policies/${id}`)).status).toBe(404);
  });
});

/** All entries of a diff, page by page, as `OP path`. */
async function paths(client: TestClient, first: string): Promise<string[]> {
  const found: string[] = [];
  let next: unknown = first;
  while (typeof next === 'string' && next !== '') {
    const page = await client.ok('GET', next);
    found.push(...listAt(page.json, 'entries').map((entry) => `${textAt(entry, 'op')} ${textAt(entry, 'path')}`));
    next = at(page.json, 'paging.next');
  }
  return found;
}
