import { describe, expect, it } from 'vitest';
import { startEmulator } from '../src/index.ts';
import { startCluster, textAt } from './support/client.ts';

describe('initial state', () => {
  it('is there before the first request: files, directories, users with roles', async () => {
    const client = await startCluster({
      initial: {
        files: { '/records/2026/a.txt': 'hello', '/records/b.bin': new Uint8Array([1, 2]), '/empty/': '' },
        users: [{ name: 'ann', password: 'pw', uid: 1001, roles: ['Observers'] }],
      },
    });
    expect((await client.call('GET', '/v1/files/%2Frecords%2F2026%2Fa.txt/data')).text).toBe('hello');
    expect((await client.call('GET', '/v1/files/%2Frecords%2Fb.bin/data')).bytes).toEqual(Buffer.from([1, 2]));
    expect(textAt((await client.ok('GET', '/v1/files/%2Fempty/info/attributes')).json, 'type')).toBe(
      'FS_FILE_TYPE_DIRECTORY',
    );
    const token = await client.login('ann', 'pw');
    expect((await client.ok('GET', '/v1/session/roles', undefined, { token })).json).toEqual(['Observers']);
  });

  it('that cannot be is refused before anything listens', async () => {
    const users = [{ name: 'ann', password: 'pw', roles: ['Nobodies'] }];
    await expect(startEmulator({ initial: { users } })).rejects.toThrow('No role is named Nobodies');
  });
});
