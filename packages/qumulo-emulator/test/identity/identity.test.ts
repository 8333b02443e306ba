import { describe, expect, it } from 'vitest';
import { Identity } from '../../src/identity/identity.ts';
import type { Privilege } from '../../src/identity/privileges.ts';

const HOUR = 3_600_000;

function fresh(options: { dataAdministratorsMayLock?: boolean } = {}): Identity {
  return new Identity({
    admin: { name: 'admin', password: 'pw' },
    sessionTtlMs: 10 * HOUR,
    clusterId: 'c',
    dataAdministratorsMayLock: options.dataAdministratorsMayLock ?? false,
    roleChangesReachTokens: 'at-once',
  });
}

describe('sessions', () => {
  it('last ten hours from the login, to the millisecond', () => {
    const identity = fresh();
    const bearer = identity.login('admin', 'pw', 1000) ?? '';
    expect(identity.authenticate(bearer, 1000 + 10 * HOUR - 1)?.user.id).toBe('500');
    expect(identity.authenticate(bearer, 1000 + 10 * HOUR)).toBeUndefined();
  });

  it('that are dead do not pile up', () => {
    const identity = fresh();
    for (let i = 0; i < 5000; i++) identity.login('admin', 'pw', i * HOUR);
    expect(identity.sessions.size).toBeLessThan(2000);
  });

  it.each(['admin', 'ADMIN', 'LOCAL\\admin', 'local\\Admin'])('open for %s', (name) => {
    expect(fresh().login(name, 'pw', 0)).toMatch(/^session-v1:/);
  });
});

describe('callers', () => {
  it('hold the union of their roles, also by group, uid and Everyone', () => {
    const identity = fresh();
    const { accounts, roles, directory } = identity;
    const group = accounts.addGroup('staff', '77');
    const user = accounts.addUser({ name: 'ann', uid: '1001', primaryGroup: '513' });
    accounts.addMember(group, user.id);
    const give = (name: string, privilege: Privilege, to: string | undefined): void => {
      roles.addMember(roles.add(name, '', [privilege]), to ?? '');
    };
    give('a', 'PRIVILEGE_AD_READ', user.id);
    give('b', 'PRIVILEGE_DEBUG', group.id);
    give('c', 'PRIVILEGE_QUOTA_READ', directory.fromTrustee({ uid: 1001 }));
    give('d', 'PRIVILEGE_TIME_READ', directory.fromTrustee({ gid: 77 }));
    give('e', 'PRIVILEGE_ROLE_READ', directory.fromTrustee({ name: 'Everyone' }));
    give('f', 'PRIVILEGE_SUPPORT_READ', '501');
    const caller = identity.callerOf(user);
    expect([...caller.privileges].sort()).toEqual([
      'PRIVILEGE_AD_READ',
      'PRIVILEGE_DEBUG',
      'PRIVILEGE_QUOTA_READ',
      'PRIVILEGE_ROLE_READ',
      'PRIVILEGE_TIME_READ',
    ]);
    expect(caller.groupIds.slice(0, 2)).toEqual(['513', group.id]);
    expect(identity.callerOf(accounts.user('500')).privileges.size).toBe(123);
  });

  it('of Data-Administrators may lock only where that is chosen', () => {
    const may = (chosen: boolean): boolean => {
      const identity = fresh({ dataAdministratorsMayLock: chosen });
      const user = identity.accounts.addUser({ name: 'ann' });
      identity.roles.addMember(identity.roles.role('data-administrators'), user.id);
      return identity.callerOf(user).privileges.has('PRIVILEGE_FS_FILE_LOCK_WRITE');
    };
    expect([may(false), may(true)]).toEqual([false, true]);
  });

  it('are made once per token until something changes', () => {
    const identity = fresh();
    const user = identity.accounts.addUser({ name: 'ann' });
    const { secret } = identity.tokens.create({ userId: user.id, creatorId: '500', now: 0, expiresAt: null });
    const first = identity.authenticate(secret, 1)?.caller;
    expect(identity.authenticate(secret, 2)?.caller).toBe(first);
    identity.roles.addMember(identity.roles.role('Observers'), user.id);
    expect(identity.authenticate(secret, 3)?.caller.privileges.size).toBeGreaterThan(0);
    identity.removeUser(user.id);
    expect(identity.authenticate(secret, 4)).toBeUndefined();
  });
});

describe('the directory', () => {
  it('describes owners as the wire does, and finds them again', () => {
    const { accounts, directory } = fresh();
    const user = accounts.addUser({ name: 'ann' });
    const group = accounts.addGroup('staff', undefined);
    const foreign = directory.fromTrustee({ sid: 'S-1-5-21-7-8-9-1234' }) ?? '';
    const cases = [
      [user.id, 'owner', { id_type: 'LOCAL_USER', id_value: 'ann' }],
      [group.id, 'group', { id_type: 'LOCAL_GROUP', id_value: 'staff' }],
      ['12884902889', 'owner', { id_type: 'NFS_UID', id_value: '1001' }],
      ['17179869191', 'group', { id_type: 'NFS_GID', id_value: '7' }],
      [foreign, 'owner', { id_type: 'SMB_SID', id_value: 'S-1-5-21-7-8-9-1234' }],
      ['8589934592', 'owner', { id_type: 'INTERNAL', id_value: 'Everyone' }],
    ] as const;
    for (const [authId, as, details] of cases) {
      expect(directory.describe(authId, as)).toEqual(details);
      expect(directory.fromDetails(details)).toBe(authId);
    }
  });

  it('keeps a SID that it has never heard of under one id', () => {
    const { directory } = fresh();
    const first = directory.fromTrustee({ sid: 'S-1-5-21-7-8-9-1' });
    expect(directory.fromTrustee({ sid: 's-1-5-21-7-8-9-1' })).toBe(first);
    expect(directory.fromTrustee({ sid: 'S-1-5-21-7-8-9-2' })).not.toBe(first);
    expect(directory.trustee(first ?? '')).toMatchObject({ domain: 'ACTIVE_DIRECTORY', sid: 'S-1-5-21-7-8-9-1' });
  });

  it.each([
    ['Everyone', '8589934592'],
    ['guest', '501'],
    ['uid:7', '12884901895'],
    ['gid:7', '17179869191'],
    ['auth_id:500', '500'],
    ['local:admin', '500'],
    ['S-1-1-0', '8589934592'],
    ['sid:S-1-1-0', '8589934592'],
    ['world:Everyone', '8589934592'],
    ['nobody', undefined],
    ['uid:many', undefined],
    ['', undefined],
  ])('reads the display form %j as %s', (text, expected) => {
    expect(fresh().directory.fromDisplayForm(text)).toBe(expected);
  });
});
