import { isDeepStrictEqual } from 'node:util';
import type { Ace, Acl } from '@qwarden/qumulo-client';

/** Do they grant the same? The order of entries counts, that of rights and flags does not. */
export function sameAcl(a: Acl, b: Acl): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

export function sameAce(a: Ace, b: Ace): boolean {
  return isDeepStrictEqual(plainAce(a), plainAce(b));
}

function plain({ control, posix_special_permissions, aces }: Acl) {
  return {
    control: [...control].sort(),
    special: [...posix_special_permissions].sort(),
    aces: aces.map(plainAce),
  };
}

function plainAce({ type, flags, trustee, rights }: Ace) {
  return { type, flags: [...flags].sort(), rights: [...rights].sort(), trustee: trustee.auth_id ?? { ...trustee } };
}
