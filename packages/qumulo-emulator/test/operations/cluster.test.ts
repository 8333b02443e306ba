import { describe, expect, it } from 'vitest';
import { at, startCluster, textAt } from '../support/client.ts';

describe('cluster, time and network', () => {
  it('answers health before a login', async () => {
    const client = await startCluster({ clusterId: 'c0ffee', version: '7.9.0' });
    expect((await client.call('GET', '/v1/node/state', { token: null })).json).toEqual({
      node_id: 1,
      state: 'ACTIVE',
      cluster_id: 'c0ffee',
    });
    const version = await client.call('GET', '/api/v1/version', { token: null });
    expect(textAt(version.json, 'revision_id')).toMatch(/^Qumulo Core \d+\.\d+\.\d+$/);
  });

  it('names a node where it listens', async () => {
    const client = await startCluster();
    const status = await client.ok('GET', '/v2/network/interfaces/1/status/');
    expect(at(status.json, '0.network_statuses.0.address')).toBe(client.emulator.host);
  });

  it('keeps settings as they are sent', async () => {
    const client = await startCluster();
    const trip = async (path: string, verb: string, body: Record<string, unknown>) => {
      await client.ok(verb, path, body);
      expect((await client.ok('GET', path)).json).toMatchObject(body);
    };
    await trip('/v1/cluster/settings', 'PUT', { cluster_name: 'archive-1' });
    await trip('/v1/file-system/settings/atime', 'PUT', { enabled: true, granularity: 'DAY' });
    await trip('/v1/file-system/settings/atime', 'PATCH', { granularity: 'WEEK' });
    await trip('/v1/file-system/settings/notify', 'PUT', { recursive_mode: 'DISABLED_IGNORE' });
    await trip('/v1/file-system/settings/permissions', 'PUT', { mode: 'NATIVE' });
    await trip('/v2/time/settings', 'PATCH', { ntp_servers: ['a', 'b'] });
    await trip('/v1/time/settings', 'PUT', { use_ad_for_primary: true, ntp_servers: ['c'] });
    expect((await client.ok('GET', '/v1/time/settings')).json).toEqual({
      use_ad_for_primary: true,
      ntp_servers: ['c'],
    });
    expect((await client.ok('GET', '/v2/time/settings')).json).toMatchObject({
      source: 'API_TIME_SOURCE_NTP',
      ntp_servers: ['c'],
    });
    expect((await client.call('PUT', '/v1/cluster/settings', { body: { cluster_name: 'no blanks' } })).status).toBe(
      400,
    );
    expect((await client.ok('GET', '/v1/file-system')).json).toMatchObject({
      block_size_bytes: 4096,
      total_size_bytes: expect.stringMatching(/^\d+$/),
    });
  });

  it('obeys If-Match on settings', async () => {
    const client = await startCluster();
    const { headers } = await client.ok('GET', '/v1/file-system/settings/notify');
    const put = (etag: string) =>
      client.call('PUT', '/v1/file-system/settings/notify', {
        body: { recursive_mode: 'ENABLED' },
        headers: { 'if-match': etag },
      });
    expect((await put(headers.etag ?? '')).status).toBe(200);
    expect((await put(headers.etag ?? '')).status).toBe(412);
    expect((await put('*')).status).toBe(200);
  });
});
