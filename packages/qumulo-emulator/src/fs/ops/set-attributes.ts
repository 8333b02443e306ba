/** PATCH of attributes: partial, each part with its own right and its own event (FACTS 4, 6.4). */
import { rightsOf } from '../acl/access.ts';
import { CHANGE_OWNER, EXTEND, MODIFY, WRITE_ACL, WRITE_ATTR, WRITE_GROUP } from '../acl/rights.ts';
import type { FsIdentity } from '../acl/types.ts';
import type { AttributesPatch, FileAttributes, Tagged } from '../types.ts';
import { attributesOf, checkIfMatch, etagOf, extendedAttributeNames } from '../attributes.ts';
import { type Caller, fullAccess, type Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { accessDenied, decodeError, notAFile, notOwner } from '../errors.ts';
import { type Inode, kindFile } from '../inode.ts';
import { locate, type Located } from '../lookup.ts';
import { markChanged } from '../mutate.ts';
import { canonicalAuthId, parseSize } from '../numbers.ts';
import { parseTime, type Time } from '../times.ts';
import { live } from '../version.ts';
import { guard } from '../worm.ts';
import { truncate } from './data.ts';
import { parseMode } from './parse-mode.ts';
import { checkSize } from './ranges.ts';

type Parsed = {
  mode: number | undefined;
  owner: string | undefined;
  group: string | undefined;
  size: number | undefined;
  extended: number | undefined;
  birth: Time | undefined;
  accessed: Time | undefined;
  modified: Time | undefined;
  changed: Time | undefined;
};

const parseIdentity = (
  core: Core,
  field: string,
  id: string | null | undefined,
  details: FsIdentity | null | undefined,
): string | undefined => {
  if (id !== undefined && id !== null) {
    const authId = canonicalAuthId(id);
    if (authId === undefined) throw decodeError(`field '${field}': '${id}' is not an auth_id`);
    return authId;
  }
  if (details === undefined || details === null) return undefined;
  const authId = core.identities.fromDetails(details);
  if (authId === undefined) throw decodeError(`field '${field}_details': no such identity: ${details.id_value}`);
  return authId;
};

const parseExtended = (patch: AttributesPatch, present: number): number | undefined => {
  if (patch.extended_attributes === undefined || patch.extended_attributes === null) return undefined;
  let bits = present;
  extendedAttributeNames.forEach((name, index) => {
    const value = patch.extended_attributes?.[name];
    if (value === true) bits |= 1 << index;
    else if (value === false) bits &= ~(1 << index);
  });
  return bits;
};

const parse = (core: Core, patch: AttributesPatch, node: Inode): Parsed => {
  const time = (field: 'creation_time' | 'access_time' | 'modification_time' | 'change_time') => {
    const text = patch[field];
    return text === undefined || text === null ? undefined : parseTime(text, field);
  };
  return {
    mode: patch.mode === undefined || patch.mode === null ? undefined : parseMode(patch.mode),
    owner: parseIdentity(core, 'owner', patch.owner, patch.owner_details),
    group: parseIdentity(core, 'group', patch.group, patch.group_details),
    size: patch.size === undefined || patch.size === null ? undefined : parseSize(patch.size, 'size'),
    extended: parseExtended(patch, node.extended),
    birth: time('creation_time'),
    accessed: time('access_time'),
    modified: time('modification_time'),
    changed: time('change_time'),
  };
};

const demandRights = (caller: Caller, node: Inode, parsed: Parsed): void => {
  if (caller.privileges.has(fullAccess)) return;
  const rights = rightsOf(caller, node);
  const has = (right: number) => (rights & right) === right;
  const what = `file ${node.id}`;
  if (parsed.mode !== undefined && !has(WRITE_ACL)) throw notOwner(what);
  if (parsed.owner !== undefined && parsed.owner !== node.owner && !has(CHANGE_OWNER)) throw notOwner(what);
  if (parsed.group !== undefined && parsed.group !== node.group) {
    if (!has(WRITE_GROUP)) throw notOwner(what);
    if (!caller.groupIds.includes(parsed.group)) throw accessDenied(what);
  }
  const plain = [parsed.extended, parsed.birth, parsed.accessed, parsed.modified, parsed.changed];
  if (plain.some((part) => part !== undefined) && !has(WRITE_ATTR)) throw accessDenied(what);
  if (parsed.size !== undefined && !has(MODIFY | EXTEND)) throw accessDenied(what);
};

/** @throws FsError missing object, missing right, locked file, ETag mismatch, value of the wrong form */
export const setAttributes = (
  core: Core,
  caller: Caller,
  ref: Ref,
  patch: AttributesPatch,
  ifMatch: string | undefined,
): Tagged<FileAttributes> => {
  const found = locate(core, caller, ref, null);
  const { head } = found;
  const parsed = parse(core, patch, head);
  const asked = Object.values(parsed).some((part) => part !== undefined);
  if (parsed.size !== undefined) {
    if (head.kind !== kindFile) throw notAFile(ref);
    checkSize(core, parsed.size);
  }
  demandRights(caller, head, parsed);
  if (asked) guard(core, head, parsed.size === undefined ? 'set-attributes' : 'truncate');
  checkIfMatch(core, head, ifMatch);
  if (asked) apply(core, found, parsed);
  return { value: attributesOf(core, head, live, found.entry), etag: etagOf(head) };
};

const apply = (core: Core, { head, entry }: Located, parsed: Parsed): void => {
  const now = core.now();
  const report = (type: Parameters<Core['sink']['report']>[0]) => core.sink.report(type, entry, head);
  if (parsed.size !== undefined) truncate(core, head, entry, parsed.size, now, parsed.modified === undefined);
  const onlyAtime =
    parsed.accessed !== undefined &&
    Object.entries(parsed).every(([key, part]) => key === 'accessed' || part === undefined);
  markChanged(core, head, now, !onlyAtime || core.unknowns.atimeMovesEtag);
  const hadAcl = head.acl !== undefined;
  if (parsed.mode !== undefined) head.mode = parsed.mode;
  if (parsed.mode !== undefined || parsed.owner !== undefined || parsed.group !== undefined) {
    // Changing mode or owner rewrites the ACL POSIX-style (FACTS 4).
    head.acl = undefined;
  }
  if (parsed.owner !== undefined) {
    head.owner = parsed.owner;
    report('child_owner_changed');
  }
  if (parsed.group !== undefined) {
    head.group = parsed.group;
    report('child_group_changed');
  }
  if (parsed.mode !== undefined || (hadAcl && head.acl === undefined)) report('child_acl_changed');
  if (parsed.extended !== undefined) {
    head.extended = parsed.extended;
    report('child_extra_attrs_changed');
  }
  if (parsed.modified !== undefined) {
    head.modifiedSeconds = parsed.modified.seconds;
    head.modifiedNanos = parsed.modified.nanos;
    report('child_mtime_changed');
  }
  if (parsed.accessed !== undefined) {
    head.accessedSeconds = parsed.accessed.seconds;
    head.accessedNanos = parsed.accessed.nanos;
    report('child_atime_changed');
  }
  if (parsed.birth !== undefined) {
    head.birthSeconds = parsed.birth.seconds;
    head.birthNanos = parsed.birth.nanos;
    report('child_btime_changed');
  }
  if (parsed.changed !== undefined) {
    head.changedSeconds = parsed.changed.seconds;
    head.changedNanos = parsed.changed.nanos;
  }
};
