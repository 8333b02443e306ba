/** GET and PUT of ACLs, v1 and v2. The permission bits of the mode follow the ACL. */
import { demand } from '../acl/access.ts';
import { type Acl, modeOfAcl } from '../acl/acl.ts';
import { READ_ACL, WRITE_ACL } from '../acl/rights.ts';
import type { AclV1, AclV2 } from '../acl/types.ts';
import { parseAcl, trusteeV1, trusteeV2, wireAclV1, wireAclV2 } from '../acl/wire.ts';
import type { Tagged } from '../types.ts';
import { checkIfMatch, etagOf } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { type Inode, kindDirectory } from '../inode.ts';
import { locate, type Window } from '../lookup.ts';
import { markChanged } from '../mutate.ts';
import { guard } from '../worm.ts';

const readable = (core: Core, caller: Caller, ref: Ref, window: Window): Inode => {
  const { node } = locate(core, caller, ref, window);
  demand(caller, node, READ_ACL);
  return node;
};

export const getAcl = (core: Core, caller: Caller, ref: Ref, window: Window): Tagged<AclV2> => {
  const node = readable(core, caller, ref, window);
  return { value: wireAclV2(core.identities, node), etag: etagOf(node) };
};

export const getAclV1 = (
  core: Core,
  caller: Caller,
  ref: Ref,
  window: Window,
): Tagged<{ generated: boolean; acl: AclV1 }> => {
  const node = readable(core, caller, ref, window);
  return { value: wireAclV1(node), etag: etagOf(node) };
};

export const setAcl = (
  core: Core,
  caller: Caller,
  ref: Ref,
  body: AclV2,
  ifMatch: string | undefined,
): Tagged<AclV2> => {
  const { acl, special } = parseAcl(body, trusteeV2(core.identities));
  const head = put(core, caller, ref, acl, special, ifMatch);
  return { value: wireAclV2(core.identities, head), etag: etagOf(head) };
};

export const setAclV1 = (
  core: Core,
  caller: Caller,
  ref: Ref,
  body: AclV1,
  ifMatch: string | undefined,
): Tagged<{ generated: boolean; acl: AclV1 }> => {
  const { acl, special } = parseAcl(body, trusteeV1);
  const head = put(core, caller, ref, acl, special, ifMatch);
  return { value: wireAclV1(head), etag: etagOf(head) };
};

const put = (core: Core, caller: Caller, ref: Ref, acl: Acl, special: number, ifMatch: string | undefined): Inode => {
  const { head, entry } = locate(core, caller, ref, null);
  demand(caller, head, WRITE_ACL);
  guard(core, head, 'set-acl');
  checkIfMatch(core, head, ifMatch);
  markChanged(core, head, core.now());
  head.acl = acl;
  head.mode = special | modeOfAcl(acl, head.kind === kindDirectory, head.owner, head.group);
  core.sink.report('child_acl_changed', entry, head);
  return head;
};
