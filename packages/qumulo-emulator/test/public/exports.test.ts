/** What older SDKs and public drivers ask of NFS exports under v2 (FACTS 14). */
import { expect, it } from 'vitest';
import { startCluster } from '../support/client.ts';

it('v2 takes a whole export by PUT, and names the authentication mode of each restriction', async () => {
  const client = await startCluster({ tls: false });
  const [first, ...none] = [(await client.ok('GET', '/v2/nfs/exports/1')).json];
  expect(none).toEqual([]);
  expect(first).toMatchObject({ restrictions: [{ required_authentication_mode: 'AUTHENTICATION_MODE_NONE' }] });
  const whole = {
    id: '1',
    export_path: '/all',
    fs_path: '/made/by/put',
    description: 'everything',
    restrictions: [{ host_restrictions: ['10.0.0.0/8'], read_only: true, user_mapping: 'NFS_MAP_NONE' }],
  };
  expect((await client.call('PUT', '/v2/nfs/exports/1?allow-fs-path-create=false', { body: whole })).status).toBe(404);
  const changed = await client.ok('PUT', '/v2/nfs/exports/1?allow-fs-path-create=true', whole);
  expect(changed.json).toMatchObject(whole);
  expect((await client.ok('GET', '/v2/nfs/exports/%2Fall')).json).toEqual(changed.json);
  expect((await client.call('PUT', '/v2/nfs/exports/1', { body: { description: 'x' } })).status).toBe(400);
});
