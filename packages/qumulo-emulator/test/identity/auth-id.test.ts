import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authIdOfGid, authIdOfSid, authIdOfUid, kindOfAuthId, sidOfGid, sidOfUid } from '../../src/identity/auth-id.ts';

const number32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const domain = 'S-1-5-21-1-2-3';

describe('auth ids', () => {
  it('of NFS numbers come back from the id and from the SID', () => {
    fc.assert(
      fc.property(number32, (number) => {
        expect(kindOfAuthId(authIdOfUid(number))).toEqual({ kind: 'uid', uid: number });
        expect(kindOfAuthId(authIdOfGid(number))).toEqual({ kind: 'gid', gid: number });
        expect(authIdOfSid(sidOfUid(number), domain)).toBe(authIdOfUid(number));
        expect(authIdOfSid(sidOfGid(number), domain)).toBe(authIdOfGid(number));
      }),
    );
  });

  it.each([
    ['500', { kind: 'local', rid: 500 }],
    ['12884901889', { kind: 'uid', uid: 1 }],
    ['17179870185', { kind: 'gid', gid: 1001 }],
    ['8589934592', { kind: 'well-known', entry: { name: 'Everyone', sid: 'S-1-1-0' } }],
    ['18446744069414584320', { kind: 'well-known', entry: { name: 'Creator Owner' } }],
    ['18446744065119617026', { kind: 'well-known', entry: { name: 'File Group Owner' } }],
    ['99999999999999', { kind: 'foreign' }],
  ])('%s', (authId, expected) => {
    expect(kindOfAuthId(authId)).toMatchObject(expected);
  });

  it.each(['', '-1', 'x', '1.5', '18446744073709551616', '0x10'])('%j is none', (text) => {
    expect(() => kindOfAuthId(text)).toThrow(RangeError);
  });

  it.each([
    [`${domain}-500`, '500'],
    ['S-1-1-0', '8589934592'],
    ['S-1-5-88-1-4294967296', undefined],
    ['S-1-5-21-9-9-9-500', undefined],
    [`${domain}-4294967296`, undefined],
  ])('of the SID %s: %s', (sid, expected) => {
    expect(authIdOfSid(sid, domain)).toBe(expected);
  });
});
