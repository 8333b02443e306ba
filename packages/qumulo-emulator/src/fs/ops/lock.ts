/** PATCH file-lock: WRITE_ACL on the file and the privilege, then the rules of worm.ts (FACTS 5). */
import { demand } from '../acl/access.ts';
import { WRITE_ACL } from '../acl/rights.ts';
import type { FileAttributes, Tagged } from '../types.ts';
import { attributesWithLock, checkIfMatch, etagOf } from '../attributes.ts';
import { type Caller, fileLockWrite, type Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { lockForbidden } from '../errors.ts';
import { locate } from '../lookup.ts';
import { live } from '../version.ts';
import { type LockPatch, patchedLock } from '../worm.ts';

/** @throws FsError missing object, right or privilege, ETag mismatch, and what `patchedLock` throws */
export const modifyFileLock = (
  core: Core,
  caller: Caller,
  ref: Ref,
  patch: LockPatch,
  ifMatch: string | undefined,
): Tagged<FileAttributes> => {
  const { head, entry } = locate(core, caller, ref, null);
  if (!caller.privileges.has(fileLockWrite)) throw lockForbidden(fileLockWrite);
  demand(caller, head, WRITE_ACL);
  const lock = patchedLock(core, head, patch);
  checkIfMatch(core, head, ifMatch);
  if (lock !== head.lock) {
    core.touch(head);
    head.lock = lock;
    if (core.unknowns.lockMovesChangeTime) {
      const now = core.now();
      head.changedSeconds = now.seconds;
      head.changedNanos = now.nanos;
    }
    if (core.unknowns.lockMovesEtag) head.revision += 1;
    if (core.unknowns.lockEvent !== null) core.sink.report(core.unknowns.lockEvent, entry, head);
  }
  return { value: attributesWithLock(core, head, live, entry), etag: etagOf(head) };
};
