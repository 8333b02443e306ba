/** Snapshots, and endpoints that older SDKs and public toolkits still call (FACTS 13). */
import { expect, it } from 'vitest';
import { startCluster } from '../support/client.ts';

it('snapshot states are listed under v2 and v3 too, with the path of their source', async () => {
  const client = await startCluster({ tls: false });
  const id = await client.createDirectory('/', 'd');
  await client.ok('POST', '/v3/snapshots/', { name_suffix: 'night', expiration: '', source_file_id: id });
  const state = { id: 1, source_file_id: id, source_file_path: '/d/', in_delete: false };
  for (const [uri, own] of [
    ['/v3/snapshots/status/?filter=all', { name: '1_night', expiration: null }],
    ['/v3/snapshots/status/?filter=exclude_in_delete', { name: '1_night' }],
    ['/v2/snapshots/status/', { name: 'night', directory_name: '1_night', expiration: '' }],
  ] as const)
    expect((await client.ok('GET', uri)).json).toMatchObject({ entries: [{ ...state, ...own }] });
  expect((await client.ok('GET', '/v3/snapshots/status/?filter=only_in_delete')).json).toEqual({ entries: [] });
  expect((await client.ok('GET', '/v2/snapshots/status/1')).json).toMatchObject({ ...state, name: 'night' });
  expect((await client.call('GET', '/v2/snapshots/status/9')).status).toBe(404);
});

it('a deleted snapshot answers 202 with a JSON body under v3; a missing one is a 404 of its own class', async () => {
  const client = await startCluster({ tls: false });
  await client.ok('POST', '/v3/snapshots/', { name_suffix: 's', expiration: '', source_file_id: '2' });
  expect(await client.call('DELETE', '/v3/snapshots/1')).toMatchObject({ status: 202, text: '{}' });
  expect(await client.call('DELETE', '/v3/snapshots/9')).toMatchObject({
    status: 404,
    json: { error_class: 'snapshot_not_found_error' },
  });
});

it('identities and the time answer under their former names, behind the same privileges', async () => {
  const client = await startCluster({ tls: false });
  expect((await client.ok('POST', '/v1/auth/identity/find', { name: 'admin' })).json).toMatchObject({ auth_id: '500' });
  expect((await client.ok('POST', '/v1/auth/identity/expand', { id: { auth_id: '500' } })).json).toMatchObject({
    type: 'USER',
  });
  expect((await client.ok('GET', '/v1/time/status')).json).toMatchObject({ time: expect.any(String) });
  expect((await client.ok('GET', '/v1/time/timezones')).json).toContain('Europe/Berlin');
  await client.ok('POST', '/v1/users/', { name: 'bob', primary_group: '513', password: 'Pass0word!' });
  const token = await client.login('bob', 'Pass0word!');
  expect((await client.call('GET', '/v1/time/status', { token })).status).toBe(403);
});
