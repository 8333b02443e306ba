import { once } from 'node:events';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { at, newAgent, startCluster, textAt } from '../support/client.ts';
import { openStream } from '../support/stream.ts';

const ROOT = '/v1/files/%2F/notify';

describe('a notify stream', () => {
  it('says so in its header, is watching before anything else, and tells of what happens in order', async () => {
    const client = await startCluster();
    const stream = await openStream(client, `${ROOT}?recursive=True`);
    expect(stream.response.headers['content-type']).toBe('text/event-source');
    expect(stream.lines).toEqual([expect.stringMatching(/^: watching/)]);

    await client.createDirectory('/', 'd');
    const id = await client.createFile('/d', 'f');
    await client.ok('PUT', '/v1/files/%2Fd%2Ff/data', 'hello');
    await client.ok('POST', '/v1/files/%2F/entries/', { name: 'g', action: 'RENAME', old_path: '/d/f' });
    await client.ok('DELETE', '/v1/files/%2Fg');
    await stream.until(({ story }) => story.includes('child_file_removed g'));
    expect(stream.story).toEqual([
      'child_dir_added d',
      'child_file_added d/f',
      'child_data_written d/f',
      'child_size_changed d/f',
      'child_mtime_changed d/f',
      'child_file_moved_from d/f',
      'child_file_moved_to g',
      'child_file_removed g',
    ]);
    for (const event of stream.events.slice(1)) expect(at(event, 'spine')).toContain(id);
    expect(stream.events[0]).toMatchObject({ stream_name: null, spine: ['2', expect.any(String)] });
  });

  it('writes every line in a TLS record of its own, also those that had to wait', async () => {
    const client = await startCluster();
    const { emulator } = client;
    const socket = connect({ host: emulator.host, port: emulator.port, rejectUnauthorized: false });
    onTestFinished(() => {
      socket.destroy();
    });
    /* a read of a TLS socket gives one record at most */
    const records: string[] = [];
    const arrived = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (record: string): void => {
          if (!record.includes(text)) return;
          socket.off('data', look);
          resolve();
        };
        socket.on('data', look);
      });
    socket.setEncoding('utf8').on('data', (record: string) => records.push(record));
    socket.write(`GET ${ROOT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${emulator.accessToken}\r\n\r\n`);
    await arrived(': watching');
    expect(records[0]).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
    expect(records[1]).toMatch(/^[0-9a-f]+\r\n: watching[^\n]*\n\r\n$/);

    socket.pause();
    const admin = emulator.cluster.identity.callerOf(emulator.cluster.identity.accounts.user('500'));
    const [stream] = emulator.streams.all();
    let made = 0;
    const queued = (): number => stream?.queued ?? 0;
    while (queued() < 10) {
      const name = `${'n'.repeat(240)}${made++}`;
      emulator.fs.createEntry(admin, '/', { name, action: 'CREATE_FILE' });
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    emulator.fs.createEntry(admin, '/', { name: 'last', action: 'CREATE_FILE' });
    socket.resume();
    await arrived('"path":"last"');
    const wrong = records.slice(2).filter((record) => !/^[0-9a-f]+\r\ndata: \[.*\]\n\n\r\n$/.test(record));
    expect(wrong.map((record) => record.slice(0, 100))).toEqual([]);
  });

  it('puts what happens in one turn of the event loop into one line', async () => {
    const client = await startCluster();
    const stream = await openStream(client, ROOT);
    const { fs, cluster } = client.emulator;
    const admin = cluster.identity.callerOf(cluster.identity.accounts.user('500'));
    for (let i = 0; i < 100; i++) fs.createEntry(admin, '/', { name: `f${i}`, action: 'CREATE_FILE' });
    await stream.until(({ events }) => events.length === 100);
    expect(stream.lines.filter((line) => line.startsWith('data: '))).toHaveLength(1);
  });

  it('sends keepalives, and none of them inside a line', async () => {
    const client = await startCluster({ keepaliveMs: 5 });
    const stream = await openStream(client, ROOT);
    await stream.until(({ lines }) => lines.filter((line) => line === ': keepalive').length >= 3);
    await client.createFile('/', 'x');
    await stream.until(({ story }) => story.includes('child_file_added x'));
    for (const line of stream.lines) expect(line).toMatch(/^(: watching.*|: keepalive|data: \[.*\])$/);
  });

  it.each([
    ['an id', (id: string) => `/v1/files/${id}/notify`],
    ['a path', () => '/v1/files/%2Fd/notify'],
    ['a path with a trailing slash', () => '/v1/files/%2Fd%2F/notify'],
    ['an /api prefix', () => '/api/v1/files/%2Fd/notify'],
  ])('is opened by %s', async (_what, path) => {
    const client = await startCluster();
    const id = await client.createDirectory('/', 'd');
    const stream = await openStream(client, path(id));
    await client.createFile('/d', 'f');
    await stream.until(({ events }) => events.length > 0);
    expect(stream.story).toEqual(['child_file_added f']);
  });

  it('hears only direct children unless it is recursive', async () => {
    const client = await startCluster();
    await client.createDirectory('/', 'd');
    const flat = await openStream(client, `${ROOT}?recursive=False`);
    await client.createFile('/d', 'deep');
    await client.createFile('/', 'near');
    await flat.until(({ story }) => story.includes('child_file_added near'));
    expect(flat.story).not.toContain('child_file_added d/deep');
  });

  it('gives only what its filter names', async () => {
    const client = await startCluster();
    const stream = await openStream(client, `${ROOT}?filter=child_file_removed%2Cchild_dir_added`);
    await client.createFile('/', 'f');
    await client.ok('DELETE', '/v1/files/%2Ff');
    await client.createDirectory('/', 'd');
    await stream.until(({ story }) => story.includes('child_dir_added d'));
    expect(stream.story).toEqual(['child_file_removed f', 'child_dir_added d']);
  });

  it.each([
    ['?filter=child_file_added,nonsense', 400],
    ['?filter=CHILD_FILE_ADDED', 400],
    ['?recursive=1', 400],
    ['?recursive=yes', 400],
  ])('%s is refused with %i', async (query, status) => {
    const client = await startCluster();
    expect((await client.call('GET', ROOT + query)).status).toBe(status);
    expect(client.emulator.streams.size).toBe(0);
  });

  it.each([
    ['files/Error_ID', '/v1/files/Error_ID/notify', 400],
    ['a missing path', '/v1/files/%2Fmissing/notify', 404],
    ['a missing id', '/v1/files/424242/notify', 404],
  ])('of %s is a 4xx', async (_what, path, status) => {
    const client = await startCluster();
    expect(await client.call('GET', path)).toMatchObject({ status, json: { error_class: expect.any(String) } });
  });

  it('ends when its directory is removed, with self_removed as the last event', async () => {
    const client = await startCluster();
    await client.createDirectory('/', 'd');
    const stream = await openStream(client, '/v1/files/%2Fd/notify?recursive=true');
    await client.ok('DELETE', '/v1/files/%2Fd');
    await stream.until(({ ended }) => ended === 'cleanly');
    expect(at(stream.events.at(-1), 'type')).toBe('self_removed');
  });

  it('obeys a client that does not read, and ends when its queue runs over', async () => {
    const client = await startCluster({ unknowns: { watcherQueueLimit: 2000 } });
    const stream = await openStream(client, `${ROOT}?recursive=true`);
    stream.response.pause();
    const { fs, cluster } = client.emulator;
    const admin = cluster.identity.callerOf(cluster.identity.accounts.user('500'));
    const name = 'n'.repeat(200);
    let made = 0;
    while (client.emulator.streams.size === 1 && made < 200_000) {
      for (let i = 0; i < 500; i++) fs.createEntry(admin, '/', { name: `${name}${made++}`, action: 'CREATE_FILE' });
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(made).toBeLessThan(200_000);
    stream.response.resume();
    await stream.until(({ ended }) => ended !== 'no');
    expect(stream.lines.at(-1)).toBe(': error fs_watcher_missed_events_error');
    expect(stream.events.length).toBeLessThan(made);
    await openStream(client, `${ROOT}?recursive=true`);
  });

  it('tells the next request of an overflow where that is chosen', async () => {
    const client = await startCluster({ unknowns: { requestAfterOverflow: 'one-error' } });
    const stream = await openStream(client, ROOT);
    client.emulator.streams.overflow('all');
    await stream.until(({ ended }) => ended !== 'no');
    expect(await client.call('GET', ROOT)).toMatchObject({
      status: 503,
      json: { error_class: 'fs_watcher_missed_events_error' },
    });
    await openStream(client, ROOT);
  });

  it('stays, and answers nothing, when another request comes down its connection', async () => {
    const client = await startCluster();
    await client.createFile('/', 'f');
    const stream = await openStream(client, `${ROOT}?recursive=true`);
    const { socket } = stream;
    socket.write(
      `PATCH /v1/files/%2Ff/file-lock HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${client.emulator.accessToken}\r\nContent-Length: 19\r\n\r\n{"legal_hold":true}`,
    );
    while (client.emulator.statistics().ignoredOnStreams === 0) await client.ok('GET', '/v1/version');
    await client.createFile('/', 'g');
    await stream.until(({ story }) => story.includes('child_file_added g'));
    expect(stream.ended).toBe('no');
    const attributes = await client.ok('GET', '/v1/files/%2Ff/info/attributes?retrieve-file-lock=true');
    expect(at(attributes.json, 'lock.legal_hold')).toBe(false);
  });

  it('frees its watcher when the client goes away', async () => {
    const client = await startCluster();
    const stream = await openStream(client, ROOT);
    expect(client.emulator.fs.watch.size).toBe(1);
    const closed = once(stream.socket, 'close');
    stream.request.destroy();
    await closed;
    while (client.emulator.streams.size > 0) await client.ok('GET', '/v1/version');
    expect(client.emulator.fs.watch.size).toBe(0);
  });
});

describe('who may watch', () => {
  it('recursively: only with the privilege; a directory: whoever may read it', async () => {
    const client = await startCluster();
    const plain = await client.userWith('plain', []);
    const full = await client.userWith('full', ['PRIVILEGE_FILE_FULL_ACCESS']);
    expect(await client.call('GET', `${ROOT}?recursive=true`, { token: plain.token })).toMatchObject({
      status: 403,
      json: { error_class: 'http_unauthorized_error' },
    });
    await openStream(client, ROOT, plain.token);
    await openStream(client, `${ROOT}?recursive=true`, full.token);
    await client.createDirectory('/', 'closed');
    await client.ok('PATCH', '/v1/files/%2Fclosed/info/attributes', { mode: '0700' });
    const refused = await client.call('GET', '/v1/files/%2Fclosed/notify', { token: plain.token });
    expect(refused).toMatchObject({ status: 403, json: { error_class: 'fs_access_denied_error' } });
  });

  it('depends on the recursive mode of the cluster', async () => {
    const client = await startCluster();
    await client.createDirectory('/', 'd');
    const mode = (recursive_mode: string) => client.ok('PUT', '/v1/file-system/settings/notify', { recursive_mode });
    await mode('DISABLED_ERROR');
    expect((await client.call('GET', `${ROOT}?recursive=true`)).status).toBe(403);
    await openStream(client, ROOT);
    await mode('DISABLED_IGNORE');
    const ignored = await openStream(client, `${ROOT}?recursive=true`);
    await client.createFile('/d', 'deep');
    await client.createFile('/', 'near');
    await ignored.until(({ story }) => story.includes('child_file_added near'));
    expect(ignored.story).toEqual(['child_file_added near']);
    expect(textAt((await mode('ENABLED')).json, 'recursive_mode')).toBe('ENABLED');
  });
});

describe('many watchers', () => {
  it('a thousand all hear of one change', async () => {
    const client = await startCluster({ tls: false });
    const agent = newAgent(client.emulator);
    agent.maxSockets = Number.POSITIVE_INFINITY;
    let heard = 0;
    let watching = 0;
    await new Promise<void>((resolve, reject) => {
      for (let i = 0; i < 1000; i++) {
        const request = client.send('GET', `${ROOT}?recursive=true`, { agent });
        request.once('error', reject);
        request.once('response', (response) => {
          response.setEncoding('utf8').on('error', () => {});
          response.on('data', (text: string) => {
            if (text.includes(': watching')) watching++;
            if (watching === 1000 && !text.includes('data: ')) void client.createFile('/', 'one');
            if (text.includes('data: ')) heard++;
            if (heard === 1000) resolve();
          });
        });
      }
    });
    expect(client.emulator.statistics()).toMatchObject({ openStreams: 1000 });
    agent.destroy();
  });
});
