/** What public programs read of files (FACTS 4, 12, 13). */
import { expect, it } from 'vitest';
import { at, listAt, startCluster } from '../support/client.ts';

it('logical_datablocks is there for every kind of object, in attributes, entries and snapshots', async () => {
  const client = await startCluster({ tls: false });
  await client.createDirectory('/', 'd');
  await client.createFile('/d', 'f');
  await client.ok('PUT', '/v1/files/%2Fd%2Ff/data', 'x'.repeat(9000));
  await client.ok('POST', '/v1/files/%2Fd/entries/', { name: 'l', action: 'CREATE_SYMLINK', old_path: 'f' });
  expect((await client.ok('GET', '/v1/files/%2Fd%2Ff/info/attributes')).json).toMatchObject({
    logical_datablocks: '3',
  });
  await client.ok('POST', '/v2/snapshots/', { name: 's', expiration: '', source_file_id: '2' });
  await client.ok('PUT', '/v1/files/%2Fd%2Ff/data', 'x');
  const listed = listAt((await client.ok('GET', '/v1/files/%2Fd/entries/?snapshot=1')).json, 'files');
  expect(new Map(listed.map((entry) => [at(entry, 'name'), at(entry, 'logical_datablocks')]))).toEqual(
    new Map([
      ['f', '3'],
      ['l', '0'],
    ]),
  );
});

it('an open SMB file carries its path inside handle_info, and the whole handle closes it', async () => {
  const client = await startCluster({ tls: false });
  const fileId = await client.createFile('/', 'f');
  client.emulator.clients.openFile({ fileId }, 0);
  const open = async (query: string) => listAt((await client.ok('GET', `/v1/smb/files/${query}`)).json, 'file_handles');
  expect(await open('')).toMatchObject([{ file_number: fileId, handle_info: { path: '', owner: '500' } }]);
  const handles = await open('?resolve_paths=true');
  expect(handles).toMatchObject([{ handle_info: { path: '/f' } }]);
  await client.ok('POST', '/v1/smb/files/close', handles);
  expect(await open('?resolve_paths=true')).toEqual([]);
});

it('the locks of a file go with the last handle that its client closes; those of others stay', async () => {
  const client = await startCluster({ tls: false });
  const fileId = await client.createFile('/', 'f');
  const { clients } = client.emulator;
  const [first, second] = ['10.0.0.1', '10.0.0.1', '10.0.0.2'].map((originator) =>
    clients.openFile({ fileId, originator }, 0),
  );
  for (const ownerAddress of ['10.0.0.1', '10.0.0.2'])
    clients.placeLock({ pair: 'smb/share-mode', fileId, ownerAddress });
  const holders = async () =>
    listAt((await client.ok('GET', '/v1/files/locks/smb/share-mode/')).json, 'grants').map((grant) =>
      at(grant, 'owner_address'),
    );
  const close = (location: string | undefined) =>
    client.ok('POST', '/v1/smb/files/close', [{ handle_info: { location } }]);
  await close(first?.location);
  expect(await holders()).toEqual(['10.0.0.1', '10.0.0.2']);
  await close(second?.location);
  expect(await holders()).toEqual(['10.0.0.2']);
});
