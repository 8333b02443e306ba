import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { permissionsAction } from '../../src/actions/permissions/index.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let n = 0;
let here = '';
let id = '';
let path = '';
beforeAll(async () => {
  bench = await ActionBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  here = `/p${(n += 1)}`;
  path = `${here}/a`;
  id = await bench.file(path);
  await bench.fromHere();
});

const run = (params: unknown) => bench.run(permissionsAction, params, id, path);
const acl = async () => (await bench.client.files.getAcl(id)).data;
const entries = async () =>
  (await acl()).aces.map(({ type, trustee, rights }) => `${type} ${trustee.auth_id} ${rights.join(' ')}`);
const EVERYONE = '8589934592';

describe('permissions', () => {
  it('sets what differs in one call, once, and tells the loop guard', async () => {
    const params = { mode: '0640', owner: 'user:guest', group: 'gid:1001', read_only: true };
    expect(await run(params)).toEqual({
      kind: 'done',
      note: 'changed mode 0644 to 0640, owner 500 to 501, group 513 to 17179870185, read-only',
    });
    const { data } = await bench.client.files.getAttributes(id);
    expect(data).toMatchObject({
      mode: '0640',
      owner: '501',
      group: '17179870185',
      extended_attributes: { read_only: true, archive: true },
    });
    expect(await bench.unexpected(id)).toEqual([]);
    expect(await run(params)).toEqual({ kind: 'skipped', note: 'its permissions are so already' });
    expect(bench.emulator.stats.count('PATCH /v1/files/{ref}/info/attributes')).toBe(1);
    expect(await run({ ...params, read_only: false })).toMatchObject({ note: 'changed no longer read-only' });
  });

  it.each([
    ['500', '500'],
    [501, '501'],
    ['uid:1001', '12884902889'],
    ['user:guest', '501'],
    ['guest', '501'],
    ['sid:S-1-5-88-1-7', '12884901895'],
    ['S-1-5-88-1-7', '12884901895'],
  ])('owner %s', async (owner, authId) => {
    await bench.client.files.setAttributes(id, { owner: '502' });
    expect((await run({ owner })).kind).toBe('done');
    expect((await bench.at(id)).owner).toBe(authId);
  });

  it('nobody of that name: says so, and does not take the file for gone', async () => {
    expect(await run({ owner: 'user:nobody here' })).toMatchObject({
      kind: 'failed',
      reason: 'The cluster knows nobody called "user:nobody here".',
    });
    bench.emulator.faults.add({ operation: 'POST /v1/identity/find', times: 1, fail: { status: 403 } });
    expect(await run({ owner: 'guest' })).toMatchObject({
      kind: 'failed',
      remedy: expect.stringContaining('PRIVILEGE_IDENTITY_READ'),
    });
  });

  it('adds entries where Windows wants them, once', async () => {
    const before = await entries();
    const params = {
      acl: {
        add: [
          { trustee: 'uid:1001', rights: ['read', 'execute'] },
          { type: 'deny', trustee: 'everyone', rights: ['DELETE'] },
        ],
      },
    };
    expect(await run(params)).toEqual({ kind: 'done', note: 'changed the ACL' });
    expect(await entries()).toEqual([
      `DENIED ${EVERYONE} DELETE`,
      ...before,
      'ALLOWED 12884902889 READ READ_EA READ_ATTR READ_ACL EXECUTE SYNCHRONIZE',
    ]);
    expect(await bench.unexpected(id)).toEqual([]);
    expect((await run(params)).kind).toBe('skipped');
    expect(await entries()).toHaveLength(before.length + 2);
  });

  it.each(['file', 'directory'])(
    'of a %s: SMB opens nothing without SYNCHRONIZE: allowed always, denied by that name alone',
    async (kind) => {
      const at = kind === 'file' ? id : await bench.directory(`${here}/d`);
      const replace = [
        ...['read', 'write', 'execute', 'full'].map((word) => ({ type: 'deny', trustee: '501', rights: [word] })),
        { type: 'DENIED', trustee: '501', rights: ['DELETE'] },
        { type: 'DENIED', trustee: '501', rights: ['write', 'SYNCHRONIZE'] },
        ...['read', 'write', 'execute', 'full', 'READ'].map((word) => ({ trustee: '500', rights: [word] })),
      ];
      expect((await bench.run(permissionsAction, { acl: { replace } }, at, path)).kind).toBe('done');
      const { aces } = (await bench.client.files.getAcl(at)).data;
      const having = aces.map(({ type, rights }) => [type, rights.length, rights.includes('SYNCHRONIZE')]);
      const write = kind === 'file' ? 4 : 5;
      expect(having).toEqual([
        ...[4, write, 1, 16, 1].map((n) => ['DENIED', n, false]),
        ['DENIED', write + 1, true],
        ...[5, write + 1, 2, 17, 2].map((n) => ['ALLOWED', n, true]),
      ]);
    },
  );

  it('removes the entries of a trustee, of one type or both', async () => {
    const add = [
      { trustee: '501', rights: ['full'] },
      { type: 'deny', trustee: '501', rights: ['write'] },
    ];
    await run({ acl: { add } });
    expect((await run({ acl: { remove: [{ trustee: 'guest', type: 'deny' }] } })).kind).toBe('done');
    expect((await entries()).filter((entry) => entry.includes(' 501 '))).toEqual([expect.stringMatching(/^ALLOWED/)]);
    expect((await run({ acl: { remove: [{ trustee: { auth_id: '501' } }] } })).kind).toBe('done');
    expect((await entries()).filter((entry) => entry.includes(' 501 '))).toEqual([]);
    expect((await run({ acl: { remove: [{ trustee: '501' }] } })).kind).toBe('skipped');
  });

  it('replaces all entries, and keeps what stands beside them', async () => {
    const { control } = await acl();
    const params = { acl: { replace: [{ trustee: 'everyone', rights: ['read'] }] }, owner: 'guest' };
    expect(await run(params)).toMatchObject({ kind: 'done', note: 'changed owner 500 to 501, the ACL' });
    expect(await entries()).toEqual([`ALLOWED ${EVERYONE} READ READ_EA READ_ATTR READ_ACL SYNCHRONIZE`]);
    expect((await acl()).control).toEqual(control);
    expect((await run(params)).kind).toBe('skipped');
  });

  it('on directories: what write means, and to whom it is handed down', async () => {
    const directory = await bench.directory(`${here}/d`);
    const params = { acl: { add: [{ trustee: '501', rights: ['write'], flags: ['files', 'directories'] }] } };
    expect((await bench.run(permissionsAction, params, directory, `${here}/d`)).kind).toBe('done');
    const { data } = await bench.client.files.getAcl(directory);
    expect(data.aces.at(-1)).toMatchObject({
      flags: expect.arrayContaining(['OBJECT_INHERIT', 'CONTAINER_INHERIT']),
      rights: expect.arrayContaining(['ADD_FILE', 'ADD_SUBDIR', 'DELETE_CHILD']),
    });
    expect((await bench.run(permissionsAction, params, directory, `${here}/d`)).kind).toBe('skipped');
  });

  it('is not put on top of what somebody else changes meanwhile', async () => {
    const { client } = bench;
    const files = {
      ...client.files,
      setAttributes: async (...parameters: Parameters<typeof client.files.setAttributes>) => {
        await client.files.setAttributes(id, { mode: '0600' });
        return client.files.setAttributes(...parameters);
      },
    };
    const input = bench.input(permissionsAction, { mode: '0640' }, id, path);
    expect(await permissionsAction.run(input, bench.context({ cluster: { ...client, files } }))).toMatchObject({
      kind: 'transient',
      target: 'file',
    });
    expect((await bench.at(id)).mode).toBe('0600');
  });

  it('nor are entries put into a list that somebody else has replaced meanwhile', async () => {
    const { client } = bench;
    const theirs = { ...(await acl()), aces: [] };
    const files = {
      ...client.files,
      setAcl: async (...parameters: Parameters<typeof client.files.setAcl>) => {
        await client.files.setAcl(id, theirs);
        return client.files.setAcl(...parameters);
      },
    };
    const input = bench.input(permissionsAction, { acl: { add: [{ trustee: '501', rights: ['read'] }] } }, id, path);
    const context = bench.context({ cluster: { ...client, files } });
    expect(await permissionsAction.run(input, context)).toMatchObject({ kind: 'transient', target: 'file' });
    expect((await acl()).aces).toEqual([]);
    expect((await permissionsAction.run(input, bench.context())).kind).toBe('done');
  });

  it('gone, renamed, held, 5xx', async () => {
    await bench.client.files.rename(here, 'b', path);
    expect((await run({ mode: '0600' })).kind).toBe('done');
    await bench.client.files.patchFileLock(id, { legal_hold: true });
    expect((await run({ mode: '0600' })).kind).toBe('skipped');
    expect(await run({ mode: '0640' })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('legal hold'),
    });
    const add = [{ trustee: '501', rights: ['read'] }];
    expect(await run({ acl: { add } })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('legal hold'),
    });
    await bench.client.files.patchFileLock(id, { legal_hold: false });
    const fault = bench.emulator.faults.add({ operation: 'PATCH *', fail: { status: 500 } });
    expect(await run({ mode: '0640' })).toMatchObject({ kind: 'transient', target: 'file' });
    bench.emulator.faults.remove(fault);
    await bench.client.files.delete(id);
    expect((await run({ mode: '0640' })).kind).toBe('gone');
  });

  it('dies anywhere and runs again', async () => {
    await bench.dyingEverywhere(
      permissionsAction,
      async (round) => {
        const file = `${here}/${round}`;
        const add = [{ trustee: 'uid:7', rights: ['read'] }];
        return { params: { owner: 'guest', acl: { add } }, fileId: await bench.file(file), path: file };
      },
      async (round, outcome, at) => {
        expect(['done', 'skipped'], at).toContain(outcome.kind);
        expect((await bench.at(`${here}/${round}`)).owner, at).toBe('501');
        const { data } = await bench.client.files.getAcl(`${here}/${round}`);
        expect(
          data.aces.filter(({ trustee }) => trustee.uid === 7),
          at,
        ).toHaveLength(1);
      },
    );
  });

  it('dry run: says it, changes nothing', async () => {
    const before = await bench.at(id);
    const dry = (params: unknown) => bench.dryRun(permissionsAction, params, id, path);
    expect(await dry({ mode: '0640', owner: 'guest' })).toBe(
      `would change mode 0644 to 0640, owner 500 to 501 of ${path}`,
    );
    expect(await dry({ acl: { add: [{ trustee: '501', rights: ['read'] }] } })).toMatch(
      /the ACL \(\d entries to \d\) of/,
    );
    expect(await dry({ mode: '0644' })).toMatch(/^would do nothing/);
    expect(await bench.at(id)).toEqual(before);
  });

  it('parameters', () => {
    const problem = (params: unknown) => permissionsAction.params(z).safeParse(params).error?.message ?? '';
    expect(permissionsAction.params(z).parse({ mode: '640' })).toEqual({ mode: '0640' });
    expect(problem({ mode: 416 })).toContain('in quotes');
    expect(problem({ mode: '0680' })).toContain('in octal');
    expect(problem({})).toContain('at least one of');
    expect(problem({ owner: 'uid:x' })).toContain('names nobody');
    expect(problem({ owner: '' })).toContain('names nobody');
    expect(problem({ owner: 'user:' })).toContain('names nobody');
    expect(problem({ mode: '0600', acl: { replace: [] } })).toContain('give one of them');
    expect(problem({ acl: {} })).toContain('Give add');
    expect(problem({ acl: { replace: [], remove: [{ trustee: '1' }] } })).toContain('stands alone');
    expect(problem({ acl: { add: [{ trustee: '1', rights: ['all'] }] } })).not.toBe('');
    expect(problem({ acl: { add: [{ trustee: '1', rights: ['read'], flags: ['x'] }] } })).toContain('is none of');
  });

  it('declares its effects and privileges', () => {
    const of = (params: unknown) => {
      const parsed = permissionsAction.params(z).parse(params);
      return [permissionsAction.effects(parsed)[0]?.types, permissionsAction.privileges(parsed)];
    };
    expect(of({ mode: '0640' })).toEqual([['child_acl_changed'], ['PRIVILEGE_FILE_FULL_ACCESS']]);
    expect(of({ owner: 'joe', read_only: true })).toEqual([
      ['child_owner_changed', 'child_acl_changed', 'child_extra_attrs_changed'],
      ['PRIVILEGE_FILE_FULL_ACCESS', 'PRIVILEGE_IDENTITY_READ'],
    ]);
    expect(of({ group: 7 })[1]).toEqual(['PRIVILEGE_FILE_FULL_ACCESS']);
  });
});
