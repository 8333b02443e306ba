/** ACLs between their wire shapes (v1, v2) and the inside. */
import { type Inode, kindDirectory } from '../inode.ts';
import { decodeError, tooManyAces } from '../errors.ts';
import { canonicalAuthId } from '../numbers.ts';
import { type Ace, type Acl, aclOfMode, maxAces } from './acl.ts';
import { allRights, controlNames, flagNames, namesOfMask, rightNames } from './rights.ts';
import type { AceFlag, AceRight, AceV2, AclControl, AclV1, AclV2, Identities, SpecialPermission } from './types.ts';

const specials: readonly (readonly [SpecialPermission, number])[] = [
  ['STICKY_BIT', 0o1000],
  ['SET_GID', 0o2000],
  ['SET_UID', 0o4000],
];

export const specialsOf = (mode: number): SpecialPermission[] =>
  specials.filter(([, bit]) => (mode & bit) !== 0).map(([name]) => name);

export const modeOfSpecials = (names: readonly string[]): number => {
  let mode = 0;
  for (const name of names) {
    const known = specials.find(([special]) => special === name);
    if (known === undefined) throw decodeError(`field 'posix_special_permissions': unknown value '${name}'`);
    mode |= known[1];
  }
  return mode;
};

/** The ACL of an object; written from its mode when it has none of its own. */
export const aclOf = (node: Inode): Acl => node.acl ?? aclOfMode(node.mode, node.kind === kindDirectory);

const header = (mode: number, acl: Acl): { control: AclControl[]; posix_special_permissions: SpecialPermission[] } => ({
  control: namesOfMask<AclControl>(acl.control, controlNames),
  posix_special_permissions: specialsOf(mode),
});

const aceBody = (ace: Ace): { type: 'ALLOWED' | 'DENIED'; flags: AceFlag[]; rights: AceRight[] } => ({
  type: ace.allow ? 'ALLOWED' : 'DENIED',
  flags: namesOfMask<AceFlag>(ace.flags, flagNames),
  rights: namesOfMask<AceRight>(ace.rights, rightNames),
});

export const wireAce = (identities: Identities, ace: Ace): AceV2 => ({
  ...aceBody(ace),
  trustee: identities.trustee(ace.who),
});

export const wireAclOf = (identities: Identities, mode: number, acl: Acl): AclV2 => ({
  ...header(mode, acl),
  aces: acl.aces.map((ace) => wireAce(identities, ace)),
});

export const wireAclV2 = (identities: Identities, node: Inode): AclV2 => wireAclOf(identities, node.mode, aclOf(node));

export const wireAclV1 = (node: Inode): { generated: boolean; acl: AclV1 } => {
  const acl = aclOf(node);
  return {
    generated: node.acl === undefined,
    acl: { ...header(node.mode, acl), aces: acl.aces.map((ace) => ({ ...aceBody(ace), trustee: ace.who })) },
  };
};

const maskOf = (values: unknown, names: readonly string[], all: string, field: string): number => {
  if (!Array.isArray(values)) throw decodeError(`field '${field}' not found`);
  let mask = 0;
  for (const value of values) {
    const index = names.indexOf(String(value));
    if (index >= 0) mask |= 1 << index;
    else if (value === all) mask |= (1 << names.length) - 1;
    else throw decodeError(`field '${field}': unknown value '${String(value)}'`);
  }
  return mask;
};

/** @throws FsError decode_error for missing or unknown parts, also too many ACEs */
export const parseAcl = (
  body: { control: unknown; posix_special_permissions: unknown; aces: unknown },
  whoOf: (trustee: unknown) => string,
): { acl: Acl; special: number } => {
  if (!Array.isArray(body.aces)) throw decodeError("field 'aces' not found");
  if (!Array.isArray(body.posix_special_permissions)) throw decodeError("field 'posix_special_permissions' not found");
  const control = maskOf(body.control, controlNames, 'ACL_CONTROLS_ALL', 'control');
  if (body.aces.length > maxAces) throw tooManyAces(maxAces);
  const aces = body.aces.map((ace: Record<string, unknown>): Ace => {
    if (ace.type !== 'ALLOWED' && ace.type !== 'DENIED') throw decodeError("field 'type' not found");
    return {
      allow: ace.type === 'ALLOWED',
      flags: maskOf(ace.flags, flagNames, 'ACE_FLAGS_ALL', 'flags'),
      rights: maskOf(ace.rights, rightNames, 'ACCESS_RIGHTS_ALL', 'rights') & allRights,
      who: whoOf(ace.trustee),
    };
  });
  return { acl: { control, aces }, special: modeOfSpecials(body.posix_special_permissions.map(String)) };
};

/** A v2 trustee is an object; a bare string is refused (FACTS 4). */
export const trusteeV2 =
  (identities: Identities) =>
  (trustee: unknown): string => {
    if (typeof trustee !== 'object' || trustee === null) throw decodeError("field 'trustee': expected an object");
    const authId = identities.fromTrustee(trustee);
    if (authId === undefined) throw decodeError(`field 'trustee': no such identity: ${JSON.stringify(trustee)}`);
    return authId;
  };

export const trusteeV1 = (trustee: unknown): string => {
  const authId = typeof trustee === 'string' ? canonicalAuthId(trustee) : undefined;
  if (authId === undefined) throw decodeError("field 'trustee': expected an auth_id");
  return authId;
};
