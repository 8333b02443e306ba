/** The client's calls against a cluster: stopping writes, resuming them, and copying files on the cluster. */
import { createClient, type QumuloClient } from '@qwarden/qumulo-client';
import { type ClientRequest, type Emulator, type EmulatorOptions, startEmulator } from '@qwarden/qumulo-emulator';
import { afterEach, describe, expect, it } from 'vitest';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function cluster(options: EmulatorOptions = {}): Promise<{ emulator: Emulator; client: QumuloClient }> {
  const emulator = await startEmulator({ tls: false, initial: { files: { '/f': 'old' } }, ...options });
  const client = createClient({
    host: emulator.host,
    port: emulator.port,
    protocol: 'http',
    credentials: { accessToken: emulator.accessToken },
  });
  open.push(
    () => client.close(),
    () => emulator.stop(),
  );
  return { emulator, client };
}

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

const writing = (protocol: ClientRequest['protocol']): ClientRequest => ({
  protocol,
  action: 'write',
  path: '/f',
  data: protocol,
});
const protocols = ['nfs', 'smb', 's3', 'ftp'] as const;
const canWrite = (emulator: Emulator) => protocols.map((protocol) => emulator.asClient(writing(protocol)).done);

describe('stopping writes', () => {
  it('by tenants and servers, and back under the ETags that the stop left', async () => {
    const { emulator, client } = await cluster();
    await client.s3Settings.modify({ enabled: true });
    await client.ftpSettings.modify({ enabled: true });
    expect(canWrite(emulator)).toEqual([true, true, true, true]);

    const [listed] = (await client.tenants.list()).data;
    if (listed === undefined) throw new Error('no tenant');
    const before = await client.tenants.get(listed.id);
    expect(before.data).toEqual(listed);
    const off = { nfs_enabled: false, smb_enabled: false };
    const stopped = await client.tenants.modify(listed.id, off, { ifMatch: before.etag });
    await client.s3Settings.modify({ enabled: false });
    await client.ftpSettings.modify({ enabled: false });
    expect(canWrite(emulator)).toEqual([false, false, false, false]);
    await expect(client.tenants.modify(listed.id, {}, { ifMatch: before.etag })).rejects.toMatchObject({ status: 412 });

    await client.tenants.modify(listed.id, before.data, { ifMatch: stopped.etag });
    expect(canWrite(emulator)).toEqual([true, true, false, false]);
  });

  it('by read-only shares and exports, with what is open closed', async () => {
    const { emulator, client } = await cluster();
    const handle = emulator.asClient({ protocol: 'smb', action: 'open', path: '/f' });
    if (!handle.done || handle.handle === undefined) throw new Error('not opened');
    const [share] = (await client.smbShares.list({ populateTrusteeNames: true })).data;
    const [nfsExport] = (await client.nfsExports.list()).data;
    if (share === undefined || nfsExport === undefined) throw new Error('no share or export');

    await client.smbShares.modify(share.id, {
      network_permissions: [{ type: 'ALLOWED', address_ranges: [], rights: ['READ'] }],
    });
    const { etag } = await client.nfsExports.get(nfsExport.id);
    await client.nfsExports.modify(
      nfsExport.id,
      { restrictions: nfsExport.restrictions.map((rule) => ({ ...rule, read_only: true })) },
      { ifMatch: etag },
    );
    expect(canWrite(emulator).slice(0, 2)).toEqual([false, false]);

    const byHandle: ClientRequest = { protocol: 'smb', action: 'write', handle: handle.handle };
    expect(emulator.asClient(byHandle)).toMatchObject({ done: true });
    const [file] = await all(client.smb.openFiles());
    expect(file?.handle_info.location).toBe(handle.handle);
    await client.smb.closeSessions(await all(client.smb.sessions()));
    expect(emulator.asClient(byHandle)).toMatchObject({ done: false, why: 'not-found' });

    const resumed = await client.smbShares.modify(share.id, share);
    expect(resumed.data).toEqual(share);
    expect((await client.nfsExports.modify(nfsExport.id, nfsExport)).data).toEqual(nfsExport);
    expect(canWrite(emulator).slice(0, 2)).toEqual([true, true]);
  });

  it('of one open file', async () => {
    const { emulator, client } = await cluster();
    const { handle } = { handle: undefined, ...emulator.asClient({ protocol: 'smb', action: 'open', path: '/f' }) };
    await client.smb.closeFiles(await all(client.smb.openFiles()));
    expect(emulator.asClient({ protocol: 'smb', action: 'append', handle })).toMatchObject({ done: false });
    expect(emulator.clients.sessions()).toHaveLength(1);
  });
});

describe('copying on the cluster', () => {
  it('in steps, out of a snapshot too, and streams', async () => {
    const { client } = await cluster({ unknowns: { copyChunkLimit: 3 } });
    const { data: source } = await client.files.writeData('/f', 'what it was');
    const { data: snapshot } = await client.snapshots.create({ nameSuffix: 's' });
    await client.files.writeData('/f', 'what it is now');
    const target = await client.files.createFile('/', 'copy');
    const now = await client.files.copyFile('/copy', { ref: '/f' }, { ifMatch: target.etag });
    expect((await client.files.readData('/copy')).data.toString()).toBe('what it is now');
    await client.files.delete('/f');
    await client.files.setAttributes('/copy', { size: '0' });
    await client.files.copyFile(target.data.id, { ref: source.id, snapshot: snapshot.id });
    expect((await client.files.readData('/copy')).data.toString()).toBe('what it was');
    await expect(client.files.copyFile('/copy', { ref: '/copy' }, { ifMatch: now.etag })).rejects.toMatchObject({
      status: 412,
    });
    const stream = await client.files.streams.create('/copy', 'extra');
    await client.files.copyFile('/copy', { ref: '/copy' }, { targetStreamId: stream.data.id, ifMatch: stream.etag });
    expect((await client.files.streams.readData('/copy', stream.data.id)).data.toString()).toBe('what it was');
  });

  it('and a tree is deleted', async () => {
    const { client } = await cluster({ initial: { files: { '/d/e/f': 'x' } } });
    const { data: directory } = await client.files.getAttributes('/d');
    await client.files.treeDelete.create('/d');
    await expect(client.files.getAttributes('/d')).rejects.toMatchObject({ status: 404 });
    for (;;) {
      const jobs = (await client.files.treeDelete.list()).data;
      if (jobs.length === 0) break;
      expect(jobs[0]).toMatchObject({ id: directory.id, last_error_message: null });
    }
    await expect(client.files.treeDelete.get(directory.id)).rejects.toMatchObject({ status: 404 });
  });
});
