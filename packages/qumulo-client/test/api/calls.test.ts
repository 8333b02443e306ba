import { describe, expect, it } from 'vitest';
import type { QumuloClient } from '../../src/index.ts';
import { type EndpointName, endpoints } from '../../src/wire/index.ts';
import { answer, clientOf, serve } from '../support/server.ts';

const options = {};
/** One answer that satisfies every reader of objects. */
const everything = {
  id: '7',
  path: '/a',
  name: 'a',
  type: 'FS_FILE_TYPE_FILE',
  revision_id: 'Qumulo Core 7.9.0',
  state: 'ACTIVE',
  cluster_name: 'c',
  recursive_mode: 'ENABLED',
  mode: 'NATIVE',
  bearer_token: 't',
  value: 'aMOp',
  aces: [],
  files: [],
  entries: [],
  grants: [],
  file_handles: [],
  session_infos: [],
  jobs: [],
  network_permissions: [],
  restrictions: [],
};

async function all(list: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of list) items.push(item);
  return items;
}

type Row = [operation: EndpointName, url: string, body: unknown, call: (client: QumuloClient) => Promise<unknown>];

const acl = { control: ['PRESENT' as const], posix_special_permissions: [], aces: [] };
const none = '';

const rows: Row[] = [
  ['GET /v1/session/who-am-i', '/v1/session/who-am-i', none, (c) => c.session.whoAmI()],
  ['GET /v1/session/roles', '/v1/session/roles', none, (c) => c.session.roles()],
  ['GET /v1/version', '/v1/version', none, (c) => c.cluster.version(options)],
  ['GET /v1/node/state', '/v1/node/state', none, (c) => c.cluster.nodeState()],
  ['GET /v1/cluster/settings', '/v1/cluster/settings', none, (c) => c.cluster.settings()],
  ['GET /v2/time/settings', '/v2/time/settings', none, (c) => c.cluster.timeSettings()],
  ['GET /v2/time/status', '/v2/time/status', none, (c) => c.cluster.timeStatus()],
  [
    'GET /v1/auth/access-tokens/',
    '/v1/auth/access-tokens/?user=uid%3A1&limit=5',
    none,
    (c) => all(c.accessTokens.list({ user: 'uid:1', limit: 5 })),
  ],
  ['GET /v1/auth/access-tokens/{id}', '/v1/auth/access-tokens/a%2Fb', none, (c) => c.accessTokens.get('a/b')],
  [
    'POST /v1/auth/access-tokens/',
    '/v1/auth/access-tokens/',
    { user: { name: 'x' }, expiration_time: '2031-01-01T00:00:00+00:00' },
    (c) => c.accessTokens.create({ name: 'x' }, { expirationTime: '2031-01-01T00:00:00+00:00' }),
  ],
  [
    'PATCH /v1/auth/access-tokens/{id}',
    '/v1/auth/access-tokens/a',
    { enabled: false },
    (c) => c.accessTokens.modify('a', { enabled: false }),
  ],
  ['DELETE /v1/auth/access-tokens/{id}', '/v1/auth/access-tokens/a', none, (c) => c.accessTokens.delete('a')],
  ['GET /v1/file-system', '/v1/file-system', none, (c) => c.fileSystem.stats()],
  [
    'GET /v1/file-system/settings/notify',
    '/v1/file-system/settings/notify',
    none,
    (c) => c.fileSystem.getNotifySettings(),
  ],
  [
    'PUT /v1/file-system/settings/notify',
    '/v1/file-system/settings/notify',
    { recursive_mode: 'ENABLED' },
    (c) => c.fileSystem.setNotifySettings({ recursive_mode: 'ENABLED' }),
  ],
  [
    'GET /v1/file-system/settings/atime',
    '/v1/file-system/settings/atime',
    none,
    (c) => c.fileSystem.getAtimeSettings(),
  ],
  [
    'PATCH /v1/file-system/settings/atime',
    '/v1/file-system/settings/atime',
    { enabled: true },
    (c) => c.fileSystem.setAtimeSettings({ enabled: true }),
  ],
  [
    'GET /v1/file-system/settings/permissions',
    '/v1/file-system/settings/permissions',
    none,
    (c) => c.fileSystem.getPermissionsSettings(),
  ],
  [
    'GET /v1/files/{ref}/info/attributes',
    '/v1/files/%2Fa/info/attributes?retrieve-file-lock=true&snapshot=3',
    none,
    (c) => c.files.getAttributes('/a', { retrieveFileLock: true, snapshot: 3 }),
  ],
  [
    'PATCH /v1/files/{ref}/info/attributes',
    '/v1/files/7/info/attributes',
    { mode: '0644', size: '3' },
    (c) => c.files.setAttributes('7', { mode: '0644', size: '3' }),
  ],
  ['PATCH /v1/files/{ref}/file-lock', '/v1/files/7/file-lock', {}, (c) => c.files.patchFileLock('7', {})],
  [
    'GET /v1/files/{ref}/entries/',
    '/v1/files/2/entries/?limit=3&snapshot=0&skip-atime-update=true',
    none,
    (c) => c.files.entriesPage('2', { limit: 3, snapshot: 0, skipAtimeUpdate: true }),
  ],
  ['GET /v1/files/{ref}/entries/', '/v1/files/2/entries/', none, (c) => all(c.files.entries('2'))],
  [
    'POST /v1/files/{ref}/entries/',
    '/v1/files/2/entries/',
    { name: 'n', action: 'CREATE_FILE' },
    (c) => c.files.createFile('2', 'n'),
  ],
  [
    'POST /v1/files/{ref}/entries/',
    '/v1/files/2/entries/',
    { name: 'n', action: 'CREATE_DIRECTORY' },
    (c) => c.files.createDirectory('2', 'n'),
  ],
  [
    'POST /v1/files/{ref}/entries/',
    '/v1/files/2/entries/',
    { name: 'n', action: 'CREATE_SYMLINK', old_path: '../x', symlink_target_type: 'FS_FILE_TYPE_FILE' },
    (c) => c.files.createSymlink('2', 'n', '../x', { targetType: 'FS_FILE_TYPE_FILE' }),
  ],
  [
    'POST /v1/files/{ref}/entries/',
    '/v1/files/2/entries/',
    { name: 'n', action: 'CREATE_LINK', old_path: '/x' },
    (c) => c.files.createLink('2', 'n', '/x'),
  ],
  [
    'POST /v1/files/{ref}/entries/',
    '/v1/files/2/entries/',
    { name: 'n', action: 'CREATE_UNIX_FILE', unix_file_type: 'FS_FILE_TYPE_UNIX_PIPE' },
    (c) => c.files.createUnixFile('2', 'n', { type: 'FS_FILE_TYPE_UNIX_PIPE' }),
  ],
  [
    'POST /v1/files/{ref}/entries/',
    '/v1/files/2/entries/',
    { name: 'n', action: 'RENAME', old_path: '/x', clobber: false },
    (c) => c.files.rename('2', 'n', '/x'),
  ],
  [
    'POST /v1/files/{ref}/entries/',
    '/v1/files/2/entries/',
    { name: 'n', action: 'RENAME', old_path: '/x', clobber: true },
    (c) => c.files.rename('2', 'n', '/x', { clobber: true }),
  ],
  ['DELETE /v1/files/{ref}', '/v1/files/%2Fa', none, (c) => c.files.delete('/a')],
  ['DELETE /v1/files/{ref}/entries/{name}', '/v1/files/2/entries/a%2Fb%20c', none, (c) => c.files.unlink('2', 'a/b c')],
  [
    'GET /v1/files/{ref}/data',
    '/v1/files/7/data?offset=1&length=18446744073709551615',
    none,
    (c) => c.files.readData('7', { offset: 1, length: 2n ** 64n - 1n }),
  ],
  ['PUT /v1/files/{ref}/data', '/v1/files/7/data', 'bytes é', (c) => c.files.writeData('7', 'bytes é')],
  ['PUT /v1/files/{ref}/data', '/v1/files/7/data', none, (c) => c.files.writeData('7', '')],
  [
    'PATCH /v1/files/{ref}/data',
    '/v1/files/7/data?offset=0',
    'more',
    (c) => c.files.patchData('7', 0, Buffer.from('more')),
  ],
  [
    'POST /v1/files/{ref}/copy-chunk',
    '/v1/files/7/copy-chunk',
    { source_id: '8' },
    (c) => c.files.copyChunk('7', { source_id: '8' }),
  ],
  [
    'POST /v1/files/{ref}/punch-hole',
    '/v1/files/7/punch-hole',
    { offset: '0', size: '4096' },
    (c) => c.files.punchHole('7', { offset: 0, size: 4_096n }),
  ],
  [
    'GET /v2/files/{ref}/info/acl',
    '/v2/files/7/info/acl?snapshot=1',
    none,
    (c) => c.files.getAcl('7', { snapshot: 1 }),
  ],
  ['PUT /v2/files/{ref}/info/acl', '/v2/files/7/info/acl', acl, (c) => c.files.setAcl('7', acl)],
  [
    'POST /v1/files/resolve',
    '/v1/files/resolve?snapshot=1',
    ['7', '8'],
    (c) => c.files.resolve(['7', '8'], { snapshot: 1 }),
  ],
  [
    'POST /v1/files/try-resolve',
    '/v1/files/try-resolve',
    { ids: ['7'], snapshot: 1 },
    (c) => c.files.tryResolve(['7'], { snapshot: 1 }),
  ],
  [
    'GET /v1/files/{ref}/aggregates/',
    '/v1/files/2/aggregates/?max-entries=5&order-by=total_files',
    none,
    (c) => c.files.aggregates('2', { maxEntries: 5, orderBy: 'total_files' }),
  ],
  [
    'GET /v1/files/{ref}/recursive-aggregates/',
    '/v1/files/2/recursive-aggregates/?max-depth=2',
    none,
    (c) => c.files.recursiveAggregates('2', { maxDepth: 2 }),
  ],
  [
    'GET /v1/files/{ref}/locks/{protocol}/{lock_type}/',
    '/v1/files/7/locks/nlm/byte-range/?limit=1000',
    none,
    (c) => all(c.files.listLocks('7', 'nlm', 'byte-range')),
  ],
  ['GET /v1/files/{ref}/streams/', '/v1/files/7/streams/', none, (c) => c.files.streams.list('7')],
  [
    'POST /v1/files/{ref}/streams/',
    '/v1/files/7/streams/',
    { stream_name: 's' },
    (c) => c.files.streams.create('7', 's'),
  ],
  [
    'POST /v1/files/{ref}/streams/{stream_id}/rename',
    '/v1/files/7/streams/1/rename',
    { stream_name: 's' },
    (c) => c.files.streams.rename('7', '1', 's'),
  ],
  [
    'DELETE /v1/files/{ref}/streams/{stream_id}',
    '/v1/files/7/streams/1',
    none,
    (c) => c.files.streams.delete('7', '1'),
  ],
  [
    'GET /v1/files/{ref}/streams/{stream_id}/attributes',
    '/v1/files/7/streams/1/attributes',
    none,
    (c) => c.files.streams.getAttributes('7', '1'),
  ],
  [
    'GET /v1/files/{ref}/streams/{stream_id}/data',
    '/v1/files/7/streams/1/data?offset=3',
    none,
    (c) => c.files.streams.readData('7', '1', { offset: 3 }),
  ],
  [
    'PUT /v1/files/{ref}/streams/{stream_id}/data',
    '/v1/files/7/streams/1/data',
    'x',
    (c) => c.files.streams.writeData('7', '1', 'x'),
  ],
  [
    'PATCH /v1/files/{ref}/streams/{stream_id}/data',
    '/v1/files/7/streams/1/data?offset=3',
    'x',
    (c) => c.files.streams.patchData('7', '1', 3, 'x'),
  ],
  [
    'GET /v1/files/{ref}/user-metadata/',
    '/v1/files/7/user-metadata/?limit=9',
    none,
    (c) => all(c.files.userMetadata.list('7', { limit: 9 })),
  ],
  [
    'GET /v1/files/{ref}/user-metadata/{type}/',
    '/v1/files/7/user-metadata/s3/',
    none,
    (c) => all(c.files.userMetadata.list('7', { type: 's3' })),
  ],
  [
    'GET /v1/files/{ref}/user-metadata/{type}/{key}',
    '/v1/files/7/user-metadata/generic/k%2F1',
    none,
    (c) => c.files.userMetadata.get('7', 'generic', 'k/1'),
  ],
  [
    'PUT /v1/files/{ref}/user-metadata/{type}/{key}',
    '/v1/files/7/user-metadata/generic/k',
    { value: 'aMOp' },
    (c) => c.files.userMetadata.set('7', 'generic', 'k', 'hé'),
  ],
  [
    'DELETE /v1/files/{ref}/user-metadata/{type}/{key}',
    '/v1/files/7/user-metadata/well_known/k',
    none,
    (c) => c.files.userMetadata.delete('7', 'well_known', 'k'),
  ],
  [
    'POST /v3/snapshots/',
    '/v3/snapshots/',
    { name_suffix: 's', expiration: '', source_file_id: '2' },
    (c) => c.snapshots.create({ nameSuffix: 's', sourceFileId: '2' }),
  ],
  ['GET /v3/snapshots/', '/v3/snapshots/?filter=all', none, (c) => c.snapshots.list()],
  ['GET /v3/snapshots/{id}', '/v3/snapshots/5', none, (c) => c.snapshots.get(5)],
  ['DELETE /v3/snapshots/{id}', '/v3/snapshots/5', none, (c) => c.snapshots.delete(5)],
  [
    'POST /v2/snapshots/',
    '/v2/snapshots/',
    { name: 's', expiration: '2031-01-01T00:00:00Z' },
    (c) => c.snapshots.v2.create({ name: 's', expiration: '2031-01-01T00:00:00Z' }),
  ],
  ['GET /v2/snapshots/', '/v2/snapshots/', none, (c) => c.snapshots.v2.list()],
  ['GET /v2/snapshots/{id}', '/v2/snapshots/5', none, (c) => c.snapshots.v2.get(5)],
  ['DELETE /v2/snapshots/{id}', '/v2/snapshots/5', none, (c) => c.snapshots.v2.delete(5)],
  [
    'GET /v2/snapshots/{newer_id}/changes-since/{older_id}',
    '/v2/snapshots/6/changes-since/5?limit=1000',
    none,
    (c) => all(c.snapshots.changesSince(6, 5, { limit: 1_000 })),
  ],
  [
    'GET /v1/smb/files/',
    '/v1/smb/files/?file_number=7&resolve_paths=false',
    none,
    (c) => all(c.smb.openFiles({ fileNumber: '7' })),
  ],
  ['GET /v1/smb/sessions/', '/v1/smb/sessions/?limit=4', none, (c) => all(c.smb.sessions({ limit: 4 }))],
  [
    'POST /v1/smb/files/close',
    '/v1/smb/files/close',
    [{ handle_info: { location: '1.2' } }],
    (c) => c.smb.closeFiles([{ file_number: '7', handle_info: { location: '1.2', path: '/a' } }]),
  ],
  [
    'POST /v1/smb/sessions/close',
    '/v1/smb/sessions/close',
    [{ location: '1.3', originator: '10.0.0.1', share_names: ['Files'] }],
    (c) => c.smb.closeSessions([{ location: '1.3', originator: '10.0.0.1', share_names: ['Files'] }]),
  ],
  ['GET /v1/multitenancy/tenants/', '/v1/multitenancy/tenants/', none, (c) => c.tenants.list()],
  ['GET /v1/multitenancy/tenants/{id}', '/v1/multitenancy/tenants/2', none, (c) => c.tenants.get(2)],
  [
    'PATCH /v1/multitenancy/tenants/{id}',
    '/v1/multitenancy/tenants/2',
    { nfs_enabled: false },
    (c) => c.tenants.modify(2, { nfs_enabled: false }),
  ],
  ['GET /v3/smb/shares/', '/v3/smb/shares/?populate-trustee-names=false', none, (c) => c.smbShares.list()],
  [
    'GET /v3/smb/shares/',
    '/v3/smb/shares/?populate-trustee-names=true',
    none,
    (c) => c.smbShares.list({ populateTrusteeNames: true }),
  ],
  ['GET /v3/smb/shares/{id}', '/v3/smb/shares/2', none, (c) => c.smbShares.get('2')],
  [
    'PATCH /v3/smb/shares/{id}',
    '/v3/smb/shares/2',
    { network_permissions: [{ type: 'ALLOWED', address_ranges: [], rights: ['READ'] }] },
    (c) =>
      c.smbShares.modify('2', { network_permissions: [{ type: 'ALLOWED', address_ranges: [], rights: ['READ'] }] }),
  ],
  ['GET /v3/nfs/exports/', '/v3/nfs/exports/', none, (c) => c.nfsExports.list()],
  ['GET /v3/nfs/exports/{id}', '/v3/nfs/exports/1', none, (c) => c.nfsExports.get('1')],
  [
    'PATCH /v3/nfs/exports/{id}',
    '/v3/nfs/exports/1?allow-fs-path-create=false',
    { restrictions: [{ host_restrictions: [], read_only: true, user_mapping: 'NFS_MAP_NONE' }] },
    (c) =>
      c.nfsExports.modify('1', {
        restrictions: [{ host_restrictions: [], read_only: true, user_mapping: 'NFS_MAP_NONE' }],
      }),
  ],
  [
    'PATCH /v3/nfs/exports/{id}',
    '/v3/nfs/exports/1?allow-fs-path-create=true',
    { fs_path: '/new' },
    (c) => c.nfsExports.modify('1', { fs_path: '/new' }, { allowFsPathCreate: true }),
  ],
  ['GET /v1/s3/settings', '/v1/s3/settings', none, (c) => c.s3Settings.get()],
  ['PATCH /v1/s3/settings', '/v1/s3/settings', { enabled: false }, (c) => c.s3Settings.modify({ enabled: false })],
  ['GET /v0/ftp/settings', '/v0/ftp/settings', none, (c) => c.ftpSettings.get()],
  ['PATCH /v0/ftp/settings', '/v0/ftp/settings', { enabled: false }, (c) => c.ftpSettings.modify({ enabled: false })],
  ['POST /v1/tree-delete/jobs/', '/v1/tree-delete/jobs/', { id: '/a' }, (c) => c.files.treeDelete.create('/a')],
  ['GET /v1/tree-delete/jobs/', '/v1/tree-delete/jobs/', none, (c) => c.files.treeDelete.list()],
  ['GET /v1/tree-delete/jobs/{id}', '/v1/tree-delete/jobs/7', none, (c) => c.files.treeDelete.get('7')],
  [
    'POST /v1/tree-delete/jobs/restart/{id}',
    '/v1/tree-delete/jobs/restart/7',
    none,
    (c) => c.files.treeDelete.restart('7'),
  ],
  ['DELETE /v1/tree-delete/jobs/{id}', '/v1/tree-delete/jobs/7', none, (c) => c.files.treeDelete.cancel('7')],
  [
    'POST /v1/files/{ref}/streams/{stream_id}/copy-chunk',
    '/v1/files/7/streams/1/copy-chunk',
    { source_id: '8' },
    (c) => c.files.streams.copyChunk('7', '1', { source_id: '8' }),
  ],
  ['POST /v1/identity/find', '/v1/identity/find', { name: 'admin' }, (c) => c.identity.find({ name: 'admin' })],
  ['POST /v1/identity/expand', '/v1/identity/expand', { id: { uid: 0 } }, (c) => c.identity.expand({ uid: 0 })],
];

/** `/v1/files/{ref}/data` as a pattern for real paths. */
const pattern = (path: string) => new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]*\}/g, '[^/]+')}$`);

describe('every call', () => {
  it.each(rows)('%s as %s', async (operation, url, body, call) => {
    const wantsList = operation.endsWith('/streams/') && operation.startsWith('GET');
    const bare = wantsList || /resolve|recursive-aggregates|session\/roles/.test(operation);
    const server = await serve((_, response) => answer(response, bare ? [] : everything));
    await call(clientOf(server.port));
    const sent = server.received.at(-1);
    expect(server.received).toHaveLength(1);
    expect(sent?.url).toBe(url);
    expect(sent?.body).toBe(typeof body === 'string' ? body : JSON.stringify(body));
    // What the API documents, and nothing beside it.
    const [path = '', query = ''] = url.split('?');
    const [method, template = ''] = operation.split(' ');
    expect(sent?.method).toBe(method);
    expect(path).toMatch(pattern(template));
    const known: readonly string[] = [...endpoints[operation].query];
    const beside = [...new URLSearchParams(query).keys()].filter((name) => !known.includes(name));
    // The one parameter that the generated table lacks, being a PATCH of data (FACTS 3).
    expect(beside.filter((name) => !(name === 'offset' && method === 'PATCH'))).toEqual([]);
  });
});

describe('answers', () => {
  const get = async (value: unknown, call: (client: QumuloClient) => Promise<unknown>) => {
    const server = await serve((_, response) => answer(response, value));
    return call(clientOf(server.port));
  };

  it.each([undefined, {}, null])('a copy is done when the answer is %j', async (value) => {
    expect(await get(value, async (c) => (await c.files.copyChunk('7', {})).data)).toBeUndefined();
  });

  it('a copy that stopped early says how to go on', async () => {
    const rest = { source_id: '8', target_offset: '4096' };
    expect(await get(rest, async (c) => (await c.files.copyChunk('7', {})).data)).toEqual(rest);
  });

  it('user metadata is Base64, or numbers as the schema says', async () => {
    const entries = [
      { key: 'a', value: 'aMOp' },
      { type: 'S3', key: 'b', value: [104, 105] },
    ];
    expect(await get({ entries }, (c) => all(c.files.userMetadata.list('7')))).toEqual([
      { type: undefined, key: 'a', value: Buffer.from('hé') },
      { type: 'S3', key: 'b', value: Buffer.from('hi') },
    ]);
  });

  it('data comes as bytes, unparsed', async () => {
    const server = await serve((_, response) => response.end(Buffer.from([0, 255, 123])));
    const { data } = await clientOf(server.port).files.readData('7');
    expect([...data]).toEqual([0, 255, 123]);
  });

  it('snapshots come as a list', async () => {
    expect(await get({ entries: [{ id: 1 }] }, async (c) => (await c.snapshots.list()).data)).toEqual([{ id: 1 }]);
  });
});
