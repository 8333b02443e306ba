/** POST fetch-data: warms caches, so here it only says what a cluster would have fetched (FACTS 3). */
import { demand } from '../acl/access.ts';
import { READ } from '../acl/rights.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { notAFile } from '../errors.ts';
import { kindFile } from '../inode.ts';
import { locate } from '../lookup.ts';
import { checkSize } from './ranges.ts';

/** Bytes that one call fetches at most. */
const fetchLimit = 64 * 1024 * 1024;

export const fetchData = (
  core: Core,
  caller: Caller,
  ref: Ref,
  range: { offset: number; length?: number | undefined },
): { bytes_fetched: string; next_offset: string | null } => {
  const { node } = locate(core, caller, ref, null);
  if (node.kind !== kindFile) throw notAFile(ref);
  checkSize(core, range.offset);
  demand(caller, node, READ);
  const wanted = Math.max(0, Math.min(range.length ?? Number.MAX_SAFE_INTEGER, (node.data?.size ?? 0) - range.offset));
  const fetched = Math.min(wanted, fetchLimit);
  return {
    bytes_fetched: String(fetched),
    next_offset: fetched < wanted ? String(range.offset + fetched) : null,
  };
};
