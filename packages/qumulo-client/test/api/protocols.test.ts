import { describe, expect, it } from 'vitest';
import { answer, clientOf, failure, serve } from '../support/server.ts';

describe('tenants, shares and exports', () => {
  it('come with their ETag, and take it back in If-Match', async () => {
    const whole = { id: '1', name: 'Default', network_permissions: [], restrictions: [] };
    const server = await serve((_, response) => answer(response, whole, 200, { etag: '"4"' }));
    const { tenants, smbShares, nfsExports } = clientOf(server.port);
    for (const { etag } of [await tenants.get(1), await smbShares.get('1'), await nfsExports.get('1')])
      expect(etag).toBe('"4"');
    const ifMatch = '"4"';
    await tenants.modify(1, { smb_enabled: false }, { ifMatch });
    await smbShares.modify('1', { description: 'x' }, { ifMatch });
    await nfsExports.modify('1', { description: 'x' }, { ifMatch });
    expect(server.received.slice(3).map(({ headers }) => headers['if-match'])).toEqual(['"4"', '"4"', '"4"']);
  });

  it('come as lists', async () => {
    const server = await serve((_, response) => answer(response, { entries: [{ id: 1 }] }));
    const { tenants, smbShares, nfsExports } = clientOf(server.port);
    for (const { data } of [await tenants.list(), await smbShares.list(), await nfsExports.list()])
      expect(data).toEqual([{ id: 1 }]);
  });

  it('are named in errors', async () => {
    const server = await serve((_, response) => answer(response, { error_class: 'gone' }, 404));
    const { tenants, smbShares, nfsExports } = clientOf(server.port);
    expect(await failure(tenants.get(7))).toMatchObject({ target: 'tenant 7' });
    expect(await failure(smbShares.modify('7', {}))).toMatchObject({ target: 'SMB share 7' });
    expect(await failure(nfsExports.get('7'))).toMatchObject({ target: 'NFS export 7' });
  });
});

describe('SMB sessions and open files', () => {
  it('are closed a hundred at a time', async () => {
    const server = await serve((_, response) => answer(response, undefined));
    const sessions = Array.from({ length: 205 }, (_, i) => ({ location: `1.${i}`, originator: 'h', share_names: [] }));
    const answers = await clientOf(server.port).smb.closeSessions(sessions);
    expect(answers).toHaveLength(3);
    const sent = server.received.map(({ body }): unknown[] => JSON.parse(body));
    expect(sent.map((list) => list.length)).toEqual([100, 100, 5]);
    expect(sent.flat()).toEqual(sessions);
    expect(await clientOf(server.port).smb.closeSessions([])).toEqual([]);
    const handles = sessions.map(({ location }) => ({ handle_info: { location, path: '/f' } }));
    expect(await clientOf(server.port).smb.closeFiles(handles)).toHaveLength(3);
    expect(JSON.parse(server.received.at(-1)?.body ?? '')).toEqual(
      handles.slice(200).map(({ handle_info: { location } }) => ({ handle_info: { location } })),
    );
  });
});
