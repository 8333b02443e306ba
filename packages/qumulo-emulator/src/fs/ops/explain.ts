/**
 * The three explanations of permissions: how a mode follows from an ACL, what chmod would do, what somebody may do.
 * Shapes as `qq fs_acl_explain_*` reads them (api/SDK-CALLS.md; the nested keys are UNKNOWN beyond that).
 */
import { demand, knownAs } from '../acl/access.ts';
import {
  type Ace,
  type Acl,
  aclOfMode,
  classesOf,
  evaluate,
  everyone,
  implicitRights,
  type ModeClass,
  suppressesOwner,
} from '../acl/acl.ts';
import {
  allRights,
  bitsOfRights,
  DELETE,
  DELETE_CHILD,
  INHERIT_ONLY,
  namesOfMask,
  posixOwnerRights,
  READ_ACL,
  rightNames,
  rightsOfBits,
} from '../acl/rights.ts';
import type {
  ClassRights,
  Owners,
  PosixModeExplanation,
  RightsExplanation,
  RightsRequest,
  SetModeExplanation,
} from '../acl/explain-types.ts';
import type { AceRight, Identities, Trustee } from '../acl/types.ts';
import { aclOf, specialsOf, wireAce, wireAclOf } from '../acl/wire.ts';
import { formatMode } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { decodeError } from '../errors.ts';
import { type Inode, kindDirectory } from '../inode.ts';
import { locate } from '../lookup.ts';
import { parseMode } from './parse-mode.ts';

const names = (rights: number): AceRight[] => namesOfMask<AceRight>(rights, rightNames);

const ownersOf = (identities: Identities, node: Inode): Owners => ({
  owner: identities.trustee(node.owner),
  group_owner: identities.trustee(node.group),
});

const readable = (core: Core, caller: Caller, ref: Ref): Inode => {
  const { node } = locate(core, caller, ref, null);
  demand(caller, node, READ_ACL);
  return node;
};

// ---- mode

type Running = { allowed: number; denied: number };

const judge = (ace: Ace, who: ModeClass, running: Running): ClassRights => {
  const matches = (ace.flags & INHERIT_ONLY) === 0 && who.is(ace.who);
  if (matches) {
    const fresh = ace.rights & ~(running.allowed | running.denied);
    if (ace.allow) running.allowed |= fresh;
    else running.denied |= fresh;
  }
  return {
    match: !matches ? 'NONE' : ace.who === everyone ? 'EVERYONE' : 'EQUIVALENT',
    cumulative_allowed: names(running.allowed),
    cumulative_denied: names(running.denied),
  };
};

/** How the mode follows from the ACL, entry by entry. */
export const explainPosixMode = (core: Core, caller: Caller, ref: Ref): PosixModeExplanation => {
  const node = readable(core, caller, ref);
  const directory = node.kind === kindDirectory;
  const [owner, group, other] = classesOf(node.owner, node.group);
  const running = {
    owner: { allowed: 0, denied: 0 },
    group: { allowed: 0, denied: 0 },
    other: { allowed: 0, denied: 0 },
  };
  const modeNow = () =>
    (bitsOfRights(running.owner.allowed, directory) << 6) |
    (bitsOfRights(running.group.allowed, directory) << 3) |
    bitsOfRights(running.other.allowed, directory);
  return {
    ...ownersOf(core.identities, node),
    mode: formatMode(node.mode & 0o777),
    posix_special_permissions: specialsOf(node.mode),
    annotated_acl: aclOf(node).aces.map((ace) => {
      const before = modeNow();
      const rights = {
        owner_rights: judge(ace, owner, running.owner),
        group_rights: judge(ace, group, running.group),
        other_rights: judge(ace, other, running.other),
      };
      return {
        ace: wireAce(core.identities, ace),
        is_inherit_only: (ace.flags & INHERIT_ONLY) !== 0,
        mode_bits_granted: formatMode(modeNow() & ~before),
        ...rights,
      };
    }),
  };
};

// ---- chmod

const same = (a: Ace, b: Ace): boolean =>
  a.allow === b.allow && a.flags === b.flags && a.who === b.who && a.rights === b.rights;

type Match = SetModeExplanation['annotated_aces'][number]['source_trustee_match'];

const trusteeMatch = (who: string, node: Inode): Match => {
  const [owner, group] = classesOf(node.owner, node.group);
  if (who === everyone) return ['POSIX_OTHERS'];
  const matches: Match = [];
  if (owner.is(who)) matches.push('POSIX_OWNER');
  if (group.is(who)) matches.push('POSIX_GROUP_OWNER');
  return matches.length === 0 ? ['NON_POSIX'] : matches;
};

/** What PATCH of `mode` would do to the ACL; changes nothing. */
export const explainSetMode = (core: Core, caller: Caller, ref: Ref, modeText: string): SetModeExplanation => {
  const node = readable(core, caller, ref);
  const mode = parseMode(modeText);
  const directory = node.kind === kindDirectory;
  const before = aclOf(node);
  const after = aclOfMode(mode, directory);
  const step = { rights_removed: [], flags_removed: [], flags_added: [] };
  const kept = (ace: Ace, acl: Acl) => acl.aces.some((other) => same(ace, other));
  const old = before.aces
    .filter((ace) => !kept(ace, after))
    .map((ace) => ({
      ...step,
      action: 'REMOVE_ACE' as const,
      source_ace: wireAce(core.identities, ace),
      source_trustee_match: trusteeMatch(ace.who, node),
      result_ace: null,
      reason: 'Setting a mode replaces the list',
    }));
  const fresh = after.aces.map((ace) => {
    const wire = wireAce(core.identities, ace);
    const copied = kept(ace, before);
    return {
      ...step,
      action: copied ? ('COPY_ACE' as const) : ('INSERT_ACE' as const),
      source_ace: copied ? wire : null,
      source_trustee_match: copied ? trusteeMatch(ace.who, node) : [],
      result_ace: wire,
      reason: copied ? 'The mode asks for the same' : 'Stands for the bits of the mode',
    };
  });
  const anyMode = rightsOfBits(7, directory);
  return {
    ...ownersOf(core.identities, node),
    initial_acl: wireAclOf(core.identities, node.mode, before),
    result_acl: wireAclOf(core.identities, mode, after),
    annotated_aces: [...old, ...fresh],
    owner_rights_from_mode: names(rightsOfBits((mode >> 6) & 7, directory) | posixOwnerRights),
    group_rights_from_mode: names(rightsOfBits((mode >> 3) & 7, directory)),
    other_rights_from_mode: names(rightsOfBits(mode & 7, directory)),
    not_produced_by_any_mode: names(allRights & ~anyMode & ~posixOwnerRights),
    not_visible_in_mode: names(allRights & ~anyMode),
    max_extra_ace_allow: [],
    max_extra_ace_deny: [],
  };
};

// ---- rights

/** Which rights somebody would have, and where they come from. Privileges do not count. */
export const explainRights = (core: Core, caller: Caller, ref: Ref, request: RightsRequest): RightsExplanation => {
  const node = readable(core, caller, ref);
  const idOf = (trustee: Trustee) => {
    const authId = core.identities.fromTrustee(trustee);
    if (authId === undefined) throw decodeError(`no such identity: ${JSON.stringify(trustee)}`);
    return authId;
  };
  const user = idOf(request.user);
  const group = request.primary_group ? idOf(request.primary_group) : null;
  const others = (request.auxiliary_identities ?? []).map(idOf);
  const groupIds = group === null ? others : [group, ...others];
  const somebody: Caller = { authId: user, groupIds, privileges: new Set() };
  const is = knownAs(somebody, node);
  const acl = aclOf(node);
  const running: Running = { allowed: 0, denied: 0 };
  const annotated = acl.aces.map((ace) => {
    const { cumulative_allowed, cumulative_denied } = judge(ace, { is }, running);
    return {
      ace: wireAce(core.identities, ace),
      trustee_matches: is(ace.who),
      skipped_inherit_only: (ace.flags & INHERIT_ONLY) !== 0,
      cumulative_allowed,
      cumulative_denied,
    };
  });
  const parent = node.entry?.directory;
  const deletes =
    parent !== undefined && (evaluate(aclOf(parent), knownAs(somebody, parent), true) & DELETE_CHILD) !== 0;
  const fromParent = deletes ? DELETE : 0;
  const implicit = implicitRights(acl, user === node.owner);
  return {
    ...ownersOf(core.identities, node),
    requestor: {
      user: core.identities.trustee(user),
      primary_group: group === null ? null : core.identities.trustee(group),
      auxiliary_identities: others.map((id) => core.identities.trustee(id)),
    },
    annotated_aces: annotated,
    effective_rights: names(evaluate(acl, is, node.kind === kindDirectory) | implicit | fromParent),
    admin_priv_rights: [],
    implicit_owner_rights: names(implicit),
    implicit_owner_rights_suppressed_by_ace: user === node.owner && suppressesOwner(acl),
    implicit_rights_from_parent: names(fromParent),
  };
};
