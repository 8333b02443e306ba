import { describe, expect, it } from 'vitest';
import { at, listAt, startCluster, textAt } from '../support/client.ts';

describe('locks of SMB and NFS clients', () => {
  it('page in the way that lockman reads them: next is text on every page, until one is empty', async () => {
    const client = await startCluster();
    const id = await client.createFile('/', 'f');
    for (let i = 0; i < 5; i++)
      client.emulator.clients.placeLock({ pair: 'smb/share-mode', fileId: id, ownerAddress: `10.0.0.${i}` });
    let next = '/v1/files/locks/smb/share-mode/?limit=2';
    const seen: string[] = [];
    for (;;) {
      const page = await client.ok('GET', next);
      const grants = listAt(page.json, 'grants');
      next = textAt(page.json, 'paging.next');
      if (grants.length === 0) break;
      seen.push(...grants.map((grant) => textAt(grant, 'owner_address')));
      for (const grant of grants) expect(Object.keys(Object(grant))).not.toContain('offset');
    }
    expect(seen).toEqual(['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']);
  });

  it('are found by file and by client; waiters and release are for NLM', async () => {
    const client = await startCluster();
    const id = await client.createFile('/', 'f');
    const other = await client.createFile('/', 'g');
    const { clients } = client.emulator;
    clients.placeLock({
      pair: 'nlm/byte-range',
      fileId: id,
      ownerName: 'host1',
      ownerId: 'a',
      offset: '0',
      size: '10',
    });
    clients.placeLock({
      pair: 'nlm/byte-range',
      fileId: id,
      ownerName: 'host2',
      ownerId: 'b',
      offset: '20',
      size: '5',
    });
    clients.placeLock({ pair: 'nlm/byte-range', fileId: other, ownerName: 'host1', ownerId: 'a' });
    clients.placeLock({ pair: 'nlm/byte-range', fileId: id, waiting: true });
    const count = async (path: string, key = 'grants') => listAt((await client.ok('GET', path)).json, key).length;
    expect(await count('/v1/files/%2Ff/locks/nlm/byte-range/')).toBe(2);
    expect(await count('/v1/files/locks/nlm/byte-range/?owner_name=host1&owner_address=')).toBe(2);
    expect(await count('/v1/files/%2Ff/locks/nlm/byte-range/waiters/', 'waiters')).toBe(1);
    expect(await count('/v1/files/locks/nlm/byte-range/waiters/', 'waiters')).toBe(1);
    expect(await count('/v1/files/%2Ff/locks/nfs4/byte-range/')).toBe(0);
    await client.ok('DELETE', '/v1/files/%2Ff/locks/nlm/byte-range/?offset=0&size=10&owner_id=a');
    expect(await count('/v1/files/%2Ff/locks/nlm/byte-range/')).toBe(1);
    await client.ok('DELETE', '/v1/files/locks/nlm/byte-range/?owner_name=host1');
    expect(await count('/v1/files/locks/nlm/byte-range/')).toBe(1);
    expect((await client.call('GET', '/v1/files/locks/smb/nonsense/')).status).toBe(404);
    expect((await client.call('DELETE', '/v1/files/locks/smb/share-mode/')).status).toBe(404);
  });

  it('have sessions that close with all they hold', async () => {
    const client = await startCluster();
    const id = await client.createFile('/', 'f');
    const { clients, clock } = client.emulator;
    clients.openFile({ fileId: id, originator: '10.0.0.7' }, clock.nowMs());
    clients.openFile({ fileId: id, originator: '10.0.0.7' }, clock.nowMs());
    clients.openFile({ fileId: id, originator: '10.0.0.8', owner: '501' }, clock.nowMs());
    clients.placeLock({ pair: 'smb/share-mode', fileId: id, ownerAddress: '10.0.0.7' });
    const list = await client.ok('GET', '/v1/smb/sessions/?identity=admin');
    expect(list.json).toMatchObject({
      session_infos: [{ originator: '10.0.0.7', share_names: ['Files'], num_opens: 2 }],
      paging: { next: null },
    });
    expect(
      listAt((await client.ok('GET', '/v1/smb/files/?resolve_paths=False&limit=2')).json, 'file_handles'),
    ).toHaveLength(2);
    await client.ok('POST', '/v1/smb/sessions/close', listAt(list.json, 'session_infos'));
    expect(listAt((await client.ok('GET', '/v1/smb/files/')).json, 'file_handles')).toMatchObject([
      { handle_info: { owner: '501' } },
    ]);
    expect(at((await client.ok('GET', '/v1/files/locks/smb/share-mode/')).json, 'grants')).toEqual([]);
    expect((await client.call('POST', '/v1/smb/sessions/close', { body: [{ location: 'none' }] })).status).toBe(404);
  });
});
