import { describe, expect, it } from 'vitest';
import { at, listAt, startCluster, textAt } from '../support/client.ts';

describe('local users', () => {
  it('live from POST to DELETE as terraform has them', async () => {
    const client = await startCluster();
    const made = await client.ok('POST', '/v1/users/', {
      id: '',
      name: 'ann',
      primary_group: '513',
      uid: '',
      home_directory: null,
      password: 'first',
      can_change_password: true,
      sid: '',
    });
    const id = textAt(made.json, 'id');
    expect(made.json).toEqual({
      id,
      name: 'ann',
      primary_group: '513',
      uid: '',
      sid: expect.stringMatching(new RegExp(`^S-1-5-21-\\d+-\\d+-\\d+-${id}$`)),
      home_directory: null,
      can_change_password: true,
    });
    await client.login('ann', 'first');
    const change = {
      id,
      name: 'anna',
      primary_group: '514',
      uid: '1234',
      home_directory: '/home/anna',
      password: 'second',
    };
    const changed = await client.ok('PUT', `/v1/users/${id}`, change, {
      headers: { 'if-match': made.headers.etag ?? '' },
    });
    expect(changed.json).toMatchObject({
      id,
      name: 'anna',
      primary_group: '514',
      uid: '1234',
      home_directory: '/home/anna',
    });
    expect((await client.ok('GET', `/v1/users/${id}`)).headers.etag).toBe(changed.headers.etag);
    expect(changed.headers.etag).not.toBe(made.headers.etag);
    const stale = await client.call('PUT', `/v1/users/${id}`, {
      body: change,
      headers: { 'if-match': made.headers.etag ?? '' },
    });
    expect(stale.status).toBe(412);
    await client.login('anna', 'second');
    await client.ok('POST', `/v1/users/${id}/setpassword`, { new_password: 'third' });
    const token = await client.login('anna', 'third');
    await client.ok(
      'POST',
      '/v1/session/change-password',
      { old_password: 'third', new_password: 'fourth' },
      { token },
    );
    expect(
      (
        await client.call('POST', '/v1/session/change-password', {
          body: { old_password: 'x', new_password: 'y' },
          token,
        })
      ).status,
    ).toBe(403);
    expect(listAt((await client.ok('GET', '/v1/users/')).json, '').map((user) => at(user, 'name'))).toEqual([
      'admin',
      'guest',
      'anna',
    ]);
    await client.ok('DELETE', `/v1/users/${id}`);
    expect((await client.call('GET', `/v1/users/${id}`)).status).toBe(404);
    expect((await client.call('GET', '/v1/session/who-am-i', { token })).status).toBe(401);
  });

  it.each([
    ['POST', '/v1/users/', { name: 'admin' }, 409],
    ['POST', '/v1/users/', { name: 'ADMIN' }, 409],
    ['POST', '/v1/users/', { name: 'Users' }, 409],
    ['POST', '/v1/users/', { name: '' }, 400],
    ['POST', '/v1/users/', { name: 5 }, 400],
    ['POST', '/v1/users/', { name: 'x', uid: 'many' }, 400],
    ['POST', '/v1/users/', { name: 'x', uid: '4294967296' }, 400],
    ['POST', '/v1/users/', { name: 'x', primary_group: '999' }, 404],
    ['PUT', '/v1/users/500', { id: '501', name: 'admin' }, 400],
    ['PUT', '/v1/users/999', { name: 'x' }, 404],
    ['DELETE', '/v1/users/500', undefined, 403],
    ['GET', '/v1/users/nobody', undefined, 404],
  ])('%s %s %j is %i', async (method, path, body, status) => {
    const client = await startCluster({ tls: false });
    expect((await client.call(method, path, { body })).status).toBe(status);
  });
});

describe('local groups', () => {
  it('live from POST to DELETE, with members', async () => {
    const client = await startCluster();
    const made = await client.ok('POST', '/v1/groups/', { name: 'staff', gid: '' });
    const id = textAt(made.json, 'id');
    expect(made.json).toMatchObject({ id, name: 'staff', gid: '', sid: expect.stringContaining(`-${id}`) });
    const renamed = await client.ok('PUT', `/v1/groups/${id}`, { id, name: 'crew', gid: '77' });
    expect(renamed.json).toMatchObject({ id, name: 'crew', gid: '77' });
    const user = textAt(
      (await client.ok('POST', '/v1/users/', { name: 'ann', primary_group: '0', password: 'pw' })).json,
      'id',
    );
    const added = await client.ok('POST', `/v1/groups/${id}/members/`, { member_id: user, group_id: id });
    expect(added.json).toEqual(expect.any(Object));
    expect(Array.isArray(added.json)).toBe(false);
    const names = async (path: string) =>
      listAt((await client.ok('GET', path)).json, '').map((entry) => at(entry, 'name'));
    expect(await names(`/v1/groups/${id}/members/`)).toEqual(['ann']);
    expect(await names(`/v1/users/${user}/groups/`)).toEqual(['Users', 'crew']);
    expect((await client.call('POST', `/v1/groups/${id}/members/`, { body: { member_id: user } })).status).toBe(409);
    await client.ok('DELETE', `/v1/groups/${id}/members/${user}`);
    expect(await names(`/v1/groups/${id}/members/`)).toEqual([]);
    expect((await client.call('DELETE', `/v1/groups/${id}/members/${user}`)).status).toBe(404);
    await client.ok('DELETE', `/v1/groups/${id}`);
    expect((await client.call('GET', `/v1/groups/${id}`)).status).toBe(404);
    expect((await client.call('DELETE', '/v1/groups/513')).status).toBe(403);
  });
});

describe('roles', () => {
  it('are an object by name; members come and go by identity', async () => {
    const client = await startCluster();
    const list = await client.ok('GET', '/v1/auth/roles/');
    expect(Object.keys(Object(list.json))).toEqual(['Administrators', 'Data-Administrators', 'Observers']);
    expect(at(list.json, 'Administrators')).toMatchObject({
      description: expect.any(String),
      privileges: expect.any(Array),
    });
    expect(Object.keys(Object((await client.ok('GET', '/v1/auth/privileges/')).json))).toHaveLength(123);

    const privileges = ['PRIVILEGE_CLUSTER_READ', 'PRIVILEGE_AD_READ'];
    const made = await client.ok('POST', '/v1/auth/roles/', {
      name: 'Archivists',
      description: 'who lock',
      privileges,
    });
    expect(made.json).toEqual({ name: 'Archivists', description: 'who lock', privileges });
    const got = await client.ok('GET', '/v1/auth/roles/archivists');
    expect(got.json).toEqual({ description: 'who lock', privileges });
    await client.ok(
      'PATCH',
      '/v1/auth/roles/Archivists',
      { description: 'new' },
      { headers: { 'if-match': got.headers.etag ?? '' } },
    );
    await client.ok('PUT', '/v1/auth/roles/Archivists', {
      name: 'Archivists',
      description: 'put',
      privileges: ['PRIVILEGE_DEBUG'],
    });
    expect((await client.ok('GET', '/v1/auth/roles/Archivists')).json).toEqual({
      description: 'put',
      privileges: ['PRIVILEGE_DEBUG'],
    });

    await client.ok('POST', '/v1/users/', { name: 'ann', password: 'pw' });
    const member = await client.ok('POST', '/v1/auth/roles/Archivists/members', {
      name: 'ann',
      role_name: 'Archivists',
    });
    const id = textAt(member.json, 'auth_id');
    expect(member.json).toMatchObject({ domain: 'LOCAL', name: 'ann', uid: null, gid: null });
    await client.ok('POST', '/v1/auth/roles/Archivists/members', { uid: 1001 });
    const members = await client.ok('GET', '/v1/auth/roles/Archivists/members');
    expect(members.json).toMatchObject({
      members: {
        [id]: { name: 'ann', auth_id: id },
        12884902889: { uid: 1001, sid: 'S-1-5-88-1-1001', domain: 'POSIX_USER' },
      },
      paging: { next: null },
    });
    expect((await client.ok('GET', `/v1/auth/roles/Archivists/members/${id}`)).json).toMatchObject({ name: 'ann' });
    expect((await client.call('POST', '/v1/auth/roles/Archivists/members', { body: { name: 'nobody' } })).status).toBe(
      404,
    );
    await client.ok('DELETE', `/v1/auth/roles/Archivists/members/${id}`);
    expect((await client.call('DELETE', `/v1/auth/roles/Archivists/members/${id}`)).status).toBe(404);
    await client.ok('DELETE', '/v1/auth/roles/Archivists');
    expect((await client.call('GET', '/v1/auth/roles/Archivists')).status).toBe(404);
  });

  it('page through members', async () => {
    const client = await startCluster();
    await client.ok('POST', '/v1/auth/roles/', { name: 'many', description: '', privileges: [] });
    for (let uid = 1; uid <= 5; uid++) await client.ok('POST', '/v1/auth/roles/many/members', { uid });
    const found: string[] = [];
    let next: unknown = '/v1/auth/roles/many/members?limit=2';
    let pages = 0;
    while (typeof next === 'string' && next !== '') {
      const page = await client.ok('GET', next);
      found.push(...Object.keys(Object(at(page.json, 'members'))));
      next = at(page.json, 'paging.next');
      pages++;
    }
    expect(found).toHaveLength(5);
    expect(pages).toBe(3);
  });

  it('reach a session at its next login, and an access token at once', async () => {
    const client = await startCluster();
    const { id, token } = await client.userWith('ann', []);
    const created = await client.ok('POST', '/v1/auth/access-tokens/', { user: { auth_id: id } });
    const accessToken = textAt(created.json, 'bearer_token');
    const allowed = async (bearer: string) =>
      (await client.call('GET', '/v1/users/', { token: bearer })).status === 200;
    expect(await allowed(token)).toBe(false);
    expect(await allowed(accessToken)).toBe(false);
    await client.ok('POST', '/v1/auth/roles/Observers/members', { name: 'ann' });
    expect(await allowed(token)).toBe(false);
    expect(await allowed(accessToken)).toBe(true);
    expect(await allowed(await client.login('ann', 'pw'))).toBe(true);
    expect((await client.ok('GET', '/v1/session/roles', undefined, { token })).json).toEqual([
      'Observers',
      'role-of-ann',
    ]);
  });

  it.each([
    ['POST', '/v1/auth/roles/', { name: 'with blank' }, 400],
    ['POST', '/v1/auth/roles/', { name: 'observers' }, 409],
    ['POST', '/v1/auth/roles/', { name: 'x', privileges: ['PRIVILEGE_NONE'] }, 400],
    ['PATCH', '/v1/auth/roles/Observers', { description: 'mine' }, 403],
    ['DELETE', '/v1/auth/roles/Administrators', undefined, 403],
  ])('%s %s %j is %i', async (method, path, body, status) => {
    const client = await startCluster({ tls: false });
    expect((await client.call(method, path, { body })).status).toBe(status);
  });
});

describe('privileges', () => {
  it.each([
    ['GET', '/v1/users/', 'PRIVILEGE_LOCAL_USER_READ'],
    ['GET', '/v1/auth/roles/', 'PRIVILEGE_ROLE_READ'],
    ['GET', '/v1/file-system', 'PRIVILEGE_FS_ATTRIBUTES_READ'],
    ['GET', '/v1/files/quotas/', 'PRIVILEGE_QUOTA_READ'],
    ['GET', '/v3/snapshots/', 'PRIVILEGE_SNAPSHOT_READ'],
    ['GET', '/v1/tree-delete/jobs/', 'PRIVILEGE_FS_DELETE_TREE_READ'],
    ['GET', '/v3/nfs/exports/', 'PRIVILEGE_NFS_EXPORT_READ'],
    ['GET', '/v1/smb/files/', 'PRIVILEGE_SMB_FILE_HANDLE_READ'],
    ['GET', '/v1/files/locks/smb/share-mode/', 'PRIVILEGE_FS_LOCK_READ'],
  ])('%s %s needs %s', async (method, path, privilege) => {
    const client = await startCluster({ tls: false });
    const without = await client.userWith('without', []);
    const holder = await client.userWith('holder', [privilege]);
    expect(await client.call(method, path, { token: without.token })).toMatchObject({
      status: 403,
      json: { error_class: 'http_unauthorized_error', description: expect.stringContaining(privilege) },
    });
    expect((await client.call(method, path, { token: holder.token })).status).toBe(200);
  });

  it('of the retention lock: WRITE_ACL on the file and PRIVILEGE_FS_FILE_LOCK_WRITE', async () => {
    const client = await startCluster();
    const plain = await client.userWith('plain', []);
    const locker = await client.userWith('locker', ['PRIVILEGE_FS_FILE_LOCK_WRITE']);
    await client.createFile('/', 'f');
    const lock = async (token: string) =>
      (await client.call('PATCH', '/v1/files/%2Ff/file-lock', { body: { legal_hold: true }, token })).status;
    expect(await lock(plain.token)).toBe(403);
    expect(await lock(locker.token)).toBe(403);
    await client.ok('PATCH', '/v1/files/%2Ff/info/attributes', { owner: locker.id });
    expect(await lock(locker.token)).toBe(200);
  });

  it('are told by who-am-i, with the id of the access token if one is used', async () => {
    const client = await startCluster();
    const { token } = await client.userWith('ann', ['PRIVILEGE_DEBUG', 'PRIVILEGE_AD_READ']);
    const me = await client.ok('GET', '/v1/session/who-am-i', undefined, { token });
    expect(at(me.json, 'privileges')).toEqual(['PRIVILEGE_AD_READ', 'PRIVILEGE_DEBUG']);
    expect(Object.keys(Object(me.json))).not.toContain('access_token_id');
    expect(textAt((await client.ok('GET', '/v1/session/who-am-i')).json, 'access_token_id')).toMatch(/./);
  });
});
