/** What official instructions and public programs make of access rights (FACTS 4). */
import { expect, it } from 'vitest';
import { at, listAt, startCluster, type TestClient, textAt } from '../support/client.ts';

const OWNER = '18446744065119617025';
const EVERYONE = '8589934592';
const ace = (authId: string, rights: string[], flags: string[] = []) => ({
  type: 'ALLOWED',
  flags,
  trustee: { auth_id: authId },
  rights,
});
const aclOf = (aces: unknown[]) => ({ control: ['PRESENT'], posix_special_permissions: [], aces });
const READ = ['READ', 'READ_EA', 'READ_ATTR', 'READ_ACL', 'SYNCHRONIZE'];
const WRITE_FILE = ['WRITE_ATTR', 'WRITE_EA', 'MODIFY', 'EXTEND'];

async function bob(client: TestClient) {
  const made = await client.ok('POST', '/v1/users/', { name: 'bob', primary_group: '513', password: 'Pass0word!' });
  return { id: textAt(made.json, 'id'), token: await client.login('bob', 'Pass0word!') };
}

it('an inheritable "write file" entry on a directory opens it for new files and directories, at any depth', async () => {
  const client = await startCluster({ tls: false });
  const { id, token } = await bob(client);
  await client.createDirectory('/', 'bucket');
  const create = (where: string, action: string, name: string) =>
    client.call('POST', `/v1/files/${where}/entries/`, { token, body: { action, name } });
  expect((await create('%2Fbucket', 'CREATE_FILE', 'no')).status).toBe(403);
  const rights = [...READ, ...WRITE_FILE, 'EXECUTE', 'DELETE_CHILD'];
  const flags = ['OBJECT_INHERIT', 'CONTAINER_INHERIT'];
  await client.ok('PUT', '/v2/files/%2Fbucket/info/acl', aclOf([ace('500', rights), ace(id, rights, flags)]));
  expect((await create('%2Fbucket', 'CREATE_DIRECTORY', 'prefix')).status).toBe(200);
  expect((await create('%2Fbucket%2Fprefix', 'CREATE_FILE', 'key')).status).toBe(200);
  const put = await client.call('PUT', '/v1/files/%2Fbucket%2Fprefix%2Fkey/data', { token, body: 'x' });
  expect(put.status).toBe(200);
  const denied = { ...ace(id, ['MODIFY']), type: 'DENIED' };
  await client.ok('PUT', '/v2/files/%2Fbucket/info/acl', aclOf([denied, ace(id, rights)]));
  expect((await create('%2Fbucket', 'CREATE_FILE', 'again')).status).toBe(403);
  expect((await create('%2Fbucket', 'CREATE_DIRECTORY', 'more')).status).toBe(200);
});

it('a mode written as an ACL with the rights of a file shows as that mode, on a directory too', async () => {
  const client = await startCluster({ tls: false });
  await client.createDirectory('/', 'd');
  await client.createFile('/', 'f');
  const acl = aclOf([
    ace(OWNER, [...READ, ...WRITE_FILE, 'DELETE_CHILD', 'EXECUTE']),
    ace(EVERYONE, [...READ, 'EXECUTE']),
  ]);
  for (const ref of ['%2Fd', '%2Ff']) {
    await client.ok('PUT', `/v2/files/${ref}/info/acl`, acl);
    expect(textAt((await client.ok('GET', `/v1/files/${ref}/info/attributes`)).json, 'mode')).toBe('0755');
  }
});

it('the write bit of a mode stands for the official "Write file" and "Write directory" sets', async () => {
  const client = await startCluster({ tls: false });
  await client.createDirectory('/', 'd');
  await client.createFile('/', 'f');
  const granted = async (ref: string) => {
    await client.ok('PATCH', `/v1/files/${ref}/info/attributes`, { mode: '0666' });
    const aces = listAt((await client.ok('GET', `/v2/files/${ref}/info/acl`)).json, 'aces');
    return listAt(
      aces.find((entry) => at(entry, 'trustee.auth_id') === EVERYONE),
      'rights',
    );
  };
  expect(await granted('%2Ff')).toEqual(expect.arrayContaining(WRITE_FILE));
  expect(await granted('%2Fd')).toEqual(
    expect.arrayContaining(['WRITE_ATTR', 'WRITE_EA', 'ADD_FILE', 'ADD_SUBDIR', 'DELETE_CHILD']),
  );
});
