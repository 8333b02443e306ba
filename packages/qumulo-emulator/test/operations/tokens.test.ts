import { describe, expect, it } from 'vitest';
import { at, listAt, startCluster, textAt } from '../support/client.ts';

describe('access tokens', () => {
  it('live from POST to DELETE: two per user, with expiry, disabled, listed by user', async () => {
    const client = await startCluster();
    const { id: user } = await client.userWith('ann', []);
    const create = (body: unknown) => client.call('POST', '/v1/auth/access-tokens/', { body });
    const first = await create({ user: { name: 'ann' }, expiration_time: '2040-01-01T00:00:00+00:00' });
    const id = textAt(first.json, 'id');
    const token = textAt(first.json, 'bearer_token');
    expect(token).toMatch(/^access-v1:/);
    const works = async () => (await client.call('GET', '/v1/session/who-am-i', { token })).status === 200;
    expect(await works()).toBe(true);
    expect((await client.ok('GET', `/v1/auth/access-tokens/${id}`)).json).toEqual({
      id,
      user: expect.objectContaining({ auth_id: user, name: 'ann' }),
      creator: expect.objectContaining({ auth_id: '500', name: 'admin' }),
      creation_time: expect.stringMatching(/Z$/),
      expiration_time: '2040-01-01T00:00:00Z',
      enabled: true,
    });
    expect(
      (await create({ user: { sid: textAt((await client.ok('GET', `/v1/users/${user}`)).json, 'sid') } })).status,
    ).toBe(200);
    expect((await create({ user: { auth_id: user } })).status).toBe(409);
    await client.ok('PATCH', `/v1/auth/access-tokens/${id}`, { enabled: false });
    expect(await works()).toBe(false);
    await client.ok('PATCH', `/v1/auth/access-tokens/${id}`, { enabled: true });
    expect(await works()).toBe(true);
    client.emulator.clock.set(new Date('2040-01-01T00:00:00Z'));
    expect(await works()).toBe(false);
    const admin = await client.login('admin', 'Admin123!');
    await client.ok('PATCH', `/v1/auth/access-tokens/${id}`, { expiration_time: null }, { token: admin });
    expect(await works()).toBe(true);

    for (const form of ['ann', `auth_id:${user}`, 'local:ann'])
      expect(
        listAt((await client.ok('GET', `/v1/auth/access-tokens/?user=${encodeURIComponent(form)}`)).json, 'entries'),
      ).toHaveLength(2);
    expect(listAt((await client.ok('GET', '/v1/auth/access-tokens/?user=uid%3A1001')).json, 'entries')).toHaveLength(0);
    const page = await client.ok('GET', '/v1/auth/access-tokens/?user=ann?limit=1');
    expect(listAt(page.json, 'entries')).toHaveLength(1);
    const rest = await client.ok('GET', textAt(page.json, 'paging.next'));
    expect(listAt(rest.json, 'entries')).toHaveLength(1);
    expect(at(rest.json, 'paging.next')).toBeNull();
    await client.ok('DELETE', `/v1/auth/access-tokens/${id}`);
    expect(await works()).toBe(false);
    expect((await client.call('GET', `/v1/auth/access-tokens/${id}`)).status).toBe(404);
  });

  it.each([
    [{ user: { name: 'Users' } }, 400],
    [{ user: { name: 'nobody' } }, 404],
    [{ user: {} }, 400],
    [{ user: 'admin' }, 400],
    [{}, 400],
    [{ user: { name: 'admin' }, expiration_time: 'soon' }, 400],
  ])('POST %j is %i', async (body, status) => {
    const client = await startCluster({ tls: false });
    expect((await client.call('POST', '/v1/auth/access-tokens/', { body })).status).toBe(status);
  });
});

describe('identities', () => {
  it.each([
    [{ name: 'admin' }, { domain: 'LOCAL', auth_id: '500', name: 'admin' }],
    [{ auth_id: '8589934592' }, { domain: 'WORLD', sid: 'S-1-1-0', name: 'Everyone' }],
    [{ sid: 'S-1-1-0' }, { auth_id: '8589934592' }],
    [{ name: 'Everyone' }, { auth_id: '8589934592' }],
    [{ uid: 1001 }, { domain: 'POSIX_USER', auth_id: '12884902889', uid: 1001, sid: 'S-1-5-88-1-1001' }],
    [{ gid: 7 }, { domain: 'POSIX_GROUP', auth_id: '17179869191', gid: 7, sid: 'S-1-5-88-2-7' }],
    [{ auth_id: '18446744065119617025' }, { domain: 'API_INTERNAL_DOMAIN', auth_id: '18446744065119617025' }],
    [{ domain: 'LOCAL', name: 'Guests' }, { auth_id: '514' }],
  ])('find %j', async (body, expected) => {
    const client = await startCluster({ tls: false });
    const found = await client.ok('POST', '/v1/identity/find', body);
    expect(Object.keys(Object(found.json)).sort()).toEqual(['auth_id', 'domain', 'gid', 'name', 'sid', 'uid']);
    expect(found.json).toMatchObject(expected);
  });

  it.each([
    [{}, 400],
    [{ name: 'nobody' }, 404],
    [{ uid: -1 }, 404],
    [{ uid: '7' }, 400],
    [{ name: 'admin', auth_id: '501' }, 400],
    ['admin', 400],
  ])('find %j is %i', async (body, status) => {
    const client = await startCluster({ tls: false });
    expect((await client.call('POST', '/v1/identity/find', { body: JSON.stringify(body) })).status).toBe(status);
  });

  it('expands a local user with a uid, and keeps attributes beside identities', async () => {
    const client = await startCluster();
    const user = textAt(
      (await client.ok('POST', '/v1/users/', { name: 'ann', uid: '1001', password: 'pw' })).json,
      'id',
    );
    const expanded = await client.ok('POST', '/v1/identity/expand', { id: { name: 'ann' } });
    expect(expanded.json).toMatchObject({
      id: { auth_id: user },
      type: 'USER',
      nfs_id: { uid: 1001 },
      smb_id: { auth_id: user },
      group_ids: [{ name: 'Users' }],
    });
    expect((await client.call('POST', '/v1/identity/expand', { body: { id: { auth_id: '4242' } } })).status).toBe(404);
    await client.ok('PUT', `/v1/auth/identities/${user}/attributes`, { home_directory: '/home/ann' });
    expect((await client.ok('GET', `/v1/auth/identities/${user}/attributes`)).json).toEqual({
      home_directory: '/home/ann',
    });
    await client.ok('DELETE', `/v1/auth/identities/${user}/attributes`);
    expect((await client.ok('GET', `/v1/auth/identities/${user}/attributes`)).json).toEqual({ home_directory: null });
    await client.ok('PUT', '/v1/auth/user-defined-mappings/', [{ sid: 'S-1-1', uid: 7 }]);
    expect((await client.ok('GET', '/v1/auth/user-defined-mappings/')).json).toEqual([{ sid: 'S-1-1', uid: 7 }]);
    await client.ok('POST', '/v1/auth/clear-cache');
  });
});
