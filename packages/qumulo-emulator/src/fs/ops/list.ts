/** GET entries/: a page of a directory in hash order, from any position, present or snapshot (FACTS 3). */
import { demand, may } from '../acl/access.ts';
import { READ, READ_ACL } from '../acl/rights.ts';
import { wireAclV2 } from '../acl/wire.ts';
import type { AclV2 } from '../acl/types.ts';
import type { DirectoryPage, ListOptions, Tagged } from '../types.ts';
import { attributesOf, etagOf } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import { type Core, stateOf } from '../core.ts';
import { positionOf } from '../entry-table.ts';
import { type Entry, type Inode, kindDirectory } from '../inode.ts';
import { decodeError, notADirectory } from '../errors.ts';
import { locate, pathOf, type Window } from '../lookup.ts';
import { smbMatcher } from '../smb-pattern.ts';
import { live } from '../version.ts';
import { touchAccessTime } from './data.ts';

/** Names looked at for one page; a pattern that matches little gives short pages, never a stall. */
const scanLimit = 20_000;

const positionFrom = (after: string | undefined): number => {
  if (after === undefined || after === '') return -1;
  const position = /^\d{1,16}$/.test(after) ? Number(after) : Number.NaN;
  if (!Number.isSafeInteger(position)) throw decodeError(`query 'after': '${after}' is not a position of this listing`);
  return position;
};

export const pageLimit = (core: Core, limit: number | undefined): number => {
  if (limit === undefined) return core.unknowns.listDefaultLimit;
  if (!Number.isSafeInteger(limit) || limit < 1) throw decodeError(`query 'limit': ${limit} is not a page size`);
  return Math.min(limit, core.unknowns.listMaxLimit);
};

/** @throws FsError missing, not a directory, no READ, bad `after` or `limit` */
export const list = (
  core: Core,
  caller: Caller,
  ref: Ref,
  options: ListOptions,
  window: Window,
): Tagged<DirectoryPage> => {
  const { head, node, view, entry } = locate(core, caller, ref, window);
  if (node.kind !== kindDirectory) throw notADirectory(ref);
  demand(caller, node, READ);
  const limit = pageLimit(core, options.limit);
  const matches = options.smbPattern === undefined ? undefined : smbMatcher(options.smbPattern);
  const found: { entry: Entry; node: Inode }[] = [];
  let looked = 0;
  let last: Entry | undefined;
  let next: string | null = null;
  for (const child of stateOf(head).entries.after(positionFrom(options.after))) {
    if (found.length >= limit || looked >= scanLimit) {
      next = last === undefined ? null : String(positionOf(last));
      break;
    }
    last = child;
    looked += 1;
    const inode = child.inodeAt(view)?.at(view);
    if (inode === undefined || (matches !== undefined && !matches(child.name))) continue;
    found.push({ entry: child, node: inode });
  }
  const path = pathOf(node, view, entry);
  const files = found.map((child) =>
    attributesOf(
      core,
      child.node,
      view,
      child.entry,
      child.node.kind === kindDirectory ? `${path}${child.entry.name}/` : `${path}${child.entry.name}`,
    ),
  );
  if (options.skipAtimeUpdate !== true && view === live) touchAccessTime(core, head, entry);
  const page: DirectoryPage = { path, id: String(node.id), child_count: node.childCount, files, next };
  if (options.includeAcls === true) page.file_acls = aclPool(core, caller, found);
  return { value: page, etag: etagOf(node) };
};

/** Equal ACLs are sent once; null where the caller may not read the ACL. */
const aclPool = (
  core: Core,
  caller: Caller,
  found: readonly { node: Inode }[],
): DirectoryPage['file_acls'] & object => {
  const pool: AclV2[] = [];
  const known = new Map<string, number>();
  const indices = found.map(({ node }) => {
    if (!may(caller, node, READ_ACL)) return null;
    const acl = wireAclV2(core.identities, node);
    const key = JSON.stringify(acl);
    let index = known.get(key);
    if (index === undefined) {
      index = pool.push(acl) - 1;
      known.set(key, index);
    }
    return index;
  });
  return { acl_pool: pool, acl_indices: indices };
};
