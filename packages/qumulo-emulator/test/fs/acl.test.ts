/** Modes and ACLs: both ways, inheritance, and what they let a plain user do. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AclV2, everyone, fileGroup, fileOwner } from '../../src/fs/index.ts';
import { admin, makeWorld, refusal, userOf, type World } from './fixture.ts';

const mode = (world: World, path: string) => world.fs.getAttributes(admin, path).value.mode;
const octal = (value: number) => value.toString(8).padStart(4, '0');

const aclOf = (aces: AclV2['aces']): AclV2 => ({ control: ['PRESENT'], posix_special_permissions: [], aces });
const all: AclV2['aces'][number]['rights'] = [
  'READ',
  'READ_EA',
  'READ_ATTR',
  'READ_ACL',
  'WRITE_EA',
  'WRITE_ATTR',
  'WRITE_ACL',
  'CHANGE_OWNER',
  'WRITE_GROUP',
  'DELETE',
  'EXECUTE',
  'MODIFY',
  'EXTEND',
  'ADD_FILE',
  'ADD_SUBDIR',
  'DELETE_CHILD',
  'SYNCHRONIZE',
];

describe('mode and ACL', () => {
  test('an ACL read from a file of any mode, put back on a file or directory of any mode, brings the mode along', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0o7777 }),
        fc.integer({ min: 0, max: 0o7777 }),
        fc.boolean(),
        (from, to, v1) => {
          const world = makeWorld();
          world.file('/from file');
          world.file('/to file');
          world.directory('/from directory');
          world.directory('/to directory');
          for (const kind of ['file', 'directory']) {
            world.fs.setAttributes(admin, `/from ${kind}`, { mode: octal(from) });
            world.fs.setAttributes(admin, `/to ${kind}`, { mode: octal(to) });
            if (v1) world.fs.setAclV1(admin, `/to ${kind}`, world.fs.getAclV1(admin, `/from ${kind}`).value.acl);
            else world.fs.setAcl(admin, `/to ${kind}`, world.fs.getAcl(admin, `/from ${kind}`).value);
            expect(mode(world, `/to ${kind}`)).toBe(octal(from));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a mode and the ACL made of it give every caller the same rights', () => {
    const callers = [userOf(1, 10), userOf(2, 10), userOf(3, 30)];
    const tries = (world: World, path: string) =>
      callers.map((caller) => [
        refusal(() => world.fs.readData(caller, path)),
        refusal(() => world.fs.writeData(caller, path, Buffer.from('x'))),
        refusal(() => world.fs.setAcl(caller, path, world.fs.getAcl(caller, path).value)),
      ]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o777 }), (bits) => {
        const world = makeWorld();
        world.file('/f', 'x');
        world.fs.setAttributes(admin, '/f', {
          owner_details: { id_type: 'NFS_UID', id_value: '1' },
          group_details: { id_type: 'NFS_GID', id_value: '10' },
          mode: octal(bits),
        });
        const byMode = tries(world, '/f');
        world.fs.setAttributes(admin, '/f', { mode: octal(bits) });
        world.fs.setAcl(admin, '/f', world.fs.getAcl(admin, '/f').value);
        expect(tries(world, '/f')).toEqual(byMode);
        expect(byMode.map(([read, write]) => [read === undefined, write === undefined])).toEqual(
          [6, 3, 0].map((shift) => [((bits >> shift) & 4) !== 0, ((bits >> shift) & 2) !== 0]),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('chmod and chown replace an ACL by the POSIX one; adding an entry shows exactly one more', () => {
    const world = makeWorld();
    world.file('/f');
    const { value } = world.fs.getAcl(admin, '/f');
    const extra = { type: 'ALLOWED', flags: [], trustee: { uid: 7 }, rights: ['READ'] } as const;
    const put = world.fs.setAcl(admin, '/f', {
      ...value,
      aces: [...value.aces, { ...extra, flags: [], rights: ['READ'] }],
    }).value;
    expect(put.aces).toHaveLength(value.aces.length + 1);
    expect(put.aces.at(-1)?.trustee).toEqual({
      domain: 'POSIX_USER',
      auth_id: '12884901895',
      uid: 7,
      gid: null,
      sid: null,
      name: null,
    });
    expect(refusal(() => world.fs.readData(userOf(7), '/f'))).toBeUndefined();
    world.fs.setAttributes(admin, '/f', { mode: '0600' });
    expect(world.fs.getAcl(admin, '/f').value.aces).toHaveLength(3);
    expect(refusal(() => world.fs.readData(userOf(7), '/f'))).toBe('fs_access_denied_error');
  });

  test('generated ACLs speak of file owner, file group and everyone, by exact 64-bit ids', () => {
    const world = makeWorld();
    world.file('/f');
    const { aces } = world.fs.getAcl(admin, '/f').value;
    expect(aces.map(({ trustee }) => trustee.auth_id)).toEqual([fileOwner, fileGroup, everyone]);
    expect(fileOwner).toBe('18446744065119617025');
    expect(world.fs.getAclV1(admin, '/f').value).toMatchObject({
      generated: true,
      acl: { aces: [{ trustee: fileOwner }, {}, {}] },
    });
  });

  test('denials come first when they are listed first', () => {
    const world = makeWorld();
    world.file('/f', 'x');
    const deny = { type: 'DENIED', flags: [], trustee: { uid: 5 }, rights: ['READ'] } satisfies AclV2['aces'][number];
    const allow = {
      type: 'ALLOWED',
      flags: [],
      trustee: { sid: 'S-1-1-0' },
      rights: ['READ'],
    } satisfies AclV2['aces'][number];
    world.fs.setAcl(admin, '/f', aclOf([deny, allow]));
    expect(mode(world, '/f')).toBe('0444');
    expect(refusal(() => world.fs.readData(userOf(5), '/f'))).toBe('fs_access_denied_error');
    expect(refusal(() => world.fs.readData(userOf(6), '/f'))).toBeUndefined();
    world.fs.setAcl(admin, '/f', aclOf([allow, deny]));
    expect(refusal(() => world.fs.readData(userOf(5), '/f'))).toBeUndefined();
  });

  test.each([
    ['a trustee that is a string', { trustee: '500' }],
    ['no flags', { flags: undefined }],
    ['no rights', { rights: undefined }],
    ['an unknown right', { rights: ['FLY'] }],
    ['an unknown type', { type: 'MAYBE' }],
  ])('%s is refused and changes nothing', (_, part) => {
    const world = makeWorld();
    world.file('/f');
    const before = world.fs.getAcl(admin, '/f');
    const body = JSON.stringify({ ...before.value, aces: [{ ...before.value.aces[0], ...part }] });
    expect(refusal(() => world.fs.setAcl(admin, '/f', JSON.parse(body)))).toBe('decode_error');
    expect(world.fs.getAcl(admin, '/f')).toEqual(before);
  });

  test('200 entries are fine, 201 are not', () => {
    const world = makeWorld();
    world.file('/f');
    const aces = Array.from({ length: 201 }, (_, uid) => ({
      type: 'ALLOWED' as const,
      flags: [],
      trustee: { uid },
      rights: ['READ' as const],
    }));
    expect(refusal(() => world.fs.setAcl(admin, '/f', aclOf(aces)))).toBe('fs_acl_too_large_error');
    expect(refusal(() => world.fs.setAcl(admin, '/f', aclOf(aces.slice(1))))).toBeUndefined();
  });
});

describe('inheritance', () => {
  test('flags decide who inherits what, and how far', () => {
    const world = makeWorld();
    world.directory('/d');
    const ace = (uid: number, flags: AclV2['aces'][number]['flags']) => ({
      type: 'ALLOWED' as const,
      flags,
      trustee: { uid },
      rights: ['READ' as const],
    });
    world.fs.setAcl(
      admin,
      '/d',
      aclOf([
        ace(1, []),
        ace(2, ['OBJECT_INHERIT']),
        ace(3, ['CONTAINER_INHERIT']),
        ace(4, ['OBJECT_INHERIT', 'CONTAINER_INHERIT', 'NO_PROPAGATE_INHERIT']),
        ace(5, ['OBJECT_INHERIT', 'INHERIT_ONLY']),
      ]),
    );
    world.file('/d/f');
    world.directory('/d/e');
    world.file('/d/e/g');
    const seen = (path: string) =>
      world.fs.getAcl(admin, path).value.aces.map(({ trustee, flags }) => `${trustee.uid}:${flags.join('+')}`);
    expect(seen('/d/f')).toEqual(['2:INHERITED', '4:INHERITED', '5:INHERITED']);
    expect(seen('/d/e')).toEqual([
      '2:OBJECT_INHERIT+INHERIT_ONLY+INHERITED',
      '3:CONTAINER_INHERIT+INHERITED',
      '4:INHERITED',
      '5:OBJECT_INHERIT+INHERIT_ONLY+INHERITED',
    ]);
    expect(seen('/d/e/g')).toEqual(['2:INHERITED', '5:INHERITED']);
  });

  test('creator owner becomes whoever creates', () => {
    const world = makeWorld();
    world.directory('/d');
    world.fs.setAcl(
      admin,
      '/d',
      aclOf([
        {
          type: 'ALLOWED',
          flags: ['OBJECT_INHERIT', 'CONTAINER_INHERIT', 'INHERIT_ONLY'],
          trustee: { sid: 'S-1-3-0' },
          rights: all,
        },
        { type: 'ALLOWED', flags: [], trustee: { auth_id: everyone }, rights: all },
      ]),
    );
    const [joe, eve] = [userOf(1), userOf(2)];
    world.fs.createEntry(joe, '/d', { name: 'f', action: 'CREATE_FILE' });
    expect(mode(world, '/d/f')).toBe('0700');
    expect(refusal(() => world.fs.writeData(joe, '/d/f', Buffer.from('x')))).toBeUndefined();
    expect(refusal(() => world.fs.readData(eve, '/d/f'))).toBe('fs_access_denied_error');
  });
});

describe('what permissions hold back', () => {
  const joe = userOf(1000);
  const scene = (): World => {
    const world = makeWorld();
    world.directory('/shared');
    world.fs.setAttributes(admin, '/shared', { mode: '0777' });
    world.directory('/private');
    world.file('/private/f', 'x');
    world.fs.setAttributes(admin, '/private/f', { mode: '0644' });
    return world;
  };

  test('deleting takes DELETE_CHILD on the directory or DELETE on the file; a sticky directory wants an owner', () => {
    const world = scene();
    world.file('/shared/theirs');
    expect(refusal(() => world.fs.delete(joe, '/private/f'))).toBe('fs_access_denied_error');
    world.fs.setAttributes(admin, '/shared', { mode: '1777' });
    expect(refusal(() => world.fs.delete(joe, '/shared/theirs'))).toBe('fs_access_denied_error');
    world.fs.createEntry(joe, '/shared', { name: 'mine', action: 'CREATE_FILE' });
    expect(refusal(() => world.fs.delete(joe, '/shared/mine'))).toBeUndefined();
    world.fs.setAcl(
      admin,
      '/private/f',
      aclOf([{ type: 'ALLOWED', flags: [], trustee: { uid: 1000 }, rights: ['DELETE'] }]),
    );
    expect(refusal(() => world.fs.delete(joe, '/private/f'))).toBeUndefined();
  });

  test('rename asks both directories', () => {
    const world = scene();
    const rename = (old_path: string, directory: string) =>
      refusal(() => world.fs.createEntry(joe, directory, { name: 'n', action: 'RENAME', old_path }));
    world.fs.createEntry(joe, '/shared', { name: 'mine', action: 'CREATE_FILE' });
    expect(rename('/private/f', '/shared')).toBe('fs_access_denied_error');
    expect(rename('/shared/mine', '/private')).toBe('fs_access_denied_error');
    expect(rename('/shared/mine', '/shared')).toBeUndefined();
  });

  test('a directory without execute is a wall, for paths and for ids', () => {
    const world = scene();
    const id = world.fs.idOf('/private/f') ?? '';
    world.fs.setAttributes(admin, '/private', { mode: '0744' });
    expect(refusal(() => world.fs.getAttributes(joe, '/private/f'))).toBe('fs_access_denied_error');
    expect(refusal(() => world.fs.getAttributes(joe, id))).toBe('fs_access_denied_error');
    expect(refusal(() => world.fs.list(joe, '/private'))).toBeUndefined();
  });

  test('owners chmod, nobody gives files away, groups change within one’s own', () => {
    const world = scene();
    const member = userOf(1000, 1000);
    world.fs.createEntry(member, '/shared', { name: 'm', action: 'CREATE_FILE' });
    const set = (patch: Parameters<World['fs']['setAttributes']>[2]) =>
      refusal(() => world.fs.setAttributes(member, '/shared/m', patch));
    expect(set({ mode: '0600' })).toBeUndefined();
    expect(set({ owner: '501' })).toBe('fs_access_perm_not_owner_error');
    expect(set({ group: '512' })).toBe('fs_access_denied_error');
    expect(set({ group: member.groupIds[0] ?? '' })).toBeUndefined();
  });

  test('metadata takes READ_EA and WRITE_EA', () => {
    const world = scene();
    world.fs.setUserMetadata(admin, '/private/f', 'generic', 'k', '', 'create');
    expect(refusal(() => world.fs.getUserMetadata(joe, '/private/f', 'generic', 'k'))).toBeUndefined();
    expect(refusal(() => world.fs.setUserMetadata(joe, '/private/f', 'generic', 'k', '', 'upsert'))).toBe(
      'fs_access_denied_error',
    );
    world.fs.setAttributes(admin, '/private/f', { mode: '0600' });
    expect(refusal(() => world.fs.getUserMetadata(joe, '/private/f', 'generic', 'k'))).toBe('fs_access_denied_error');
  });

  test('PRIVILEGE_FILE_READ_ACCESS reads everything and writes nothing', () => {
    const world = scene();
    const auditor = userOf(9, 9, ['PRIVILEGE_FILE_READ_ACCESS']);
    world.fs.setAttributes(admin, '/private', { mode: '0000' });
    world.fs.setAttributes(admin, '/private/f', { mode: '0000' });
    expect(refusal(() => world.fs.readData(auditor, '/private/f'))).toBeUndefined();
    expect(refusal(() => world.fs.writeData(auditor, '/private/f', Buffer.from('x')))).toBe('fs_access_denied_error');
    expect(refusal(() => world.fs.createEntry(auditor, '/private', { name: 'n', action: 'CREATE_FILE' }))).toBe(
      'fs_access_denied_error',
    );
  });
});

describe('explanations', () => {
  test('the bits that entries grant add up to the mode', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o777 }), (bits) => {
        const world = makeWorld();
        world.directory('/d');
        world.fs.setAttributes(admin, '/d', { mode: octal(bits) });
        const { mode: derived, annotated_acl: entries } = world.fs.explainPosixMode(admin, '/d');
        expect(derived).toBe(octal(bits));
        const granted = entries.reduce((sum, entry) => sum | Number.parseInt(entry.mode_bits_granted, 8), 0);
        expect(octal(granted)).toBe(octal(bits));
      }),
      { numRuns: 100 },
    );
  });

  test('chmod does what its explanation says, and the explanation does nothing', () => {
    const world = makeWorld();
    world.file('/f');
    const before = world.fs.getAcl(admin, '/f');
    const told = world.fs.explainSetMode(admin, '/f', '0700');
    expect(told.initial_acl).toEqual(before.value);
    expect(world.fs.getAcl(admin, '/f')).toEqual(before);
    world.fs.setAttributes(admin, '/f', { mode: '0700' });
    expect(world.fs.getAcl(admin, '/f').value).toEqual(told.result_acl);
    expect(told.annotated_aces.flatMap(({ result_ace: ace }) => (ace === null ? [] : [ace]))).toEqual(
      told.result_acl.aces,
    );
  });

  test('rights are told as they are enforced; an Owner Rights entry takes the place of the implicit ones', () => {
    const world = makeWorld();
    world.directory('/d');
    world.file('/d/f', 'x');
    world.fs.setAttributes(admin, '/d/f', { owner_details: { id_type: 'NFS_UID', id_value: '1' }, mode: '0000' });
    const told = () => world.fs.explainRights(admin, '/d/f', { user: { uid: 1 }, primary_group: { gid: 1 } });
    expect(told()).toMatchObject({
      implicit_owner_rights: ['READ_ACL', 'WRITE_ACL'],
      implicit_owner_rights_suppressed_by_ace: false,
    });
    expect(told().effective_rights).not.toContain('READ');
    world.fs.setAcl(
      admin,
      '/d/f',
      aclOf([{ type: 'ALLOWED', flags: [], trustee: { sid: 'S-1-3-4' }, rights: ['READ'] }]),
    );
    expect(told()).toMatchObject({
      effective_rights: ['READ'],
      implicit_owner_rights: [],
      implicit_owner_rights_suppressed_by_ace: true,
    });
    expect(refusal(() => world.fs.readData(userOf(1), '/d/f'))).toBeUndefined();
    expect(refusal(() => world.fs.getAcl(userOf(1), '/d/f'))).toBe('fs_access_denied_error');
  });
});
