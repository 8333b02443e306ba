import { lockPairUnknown } from '../cluster/errors.ts';
import { isLockPair, type LockPair, type ProtocolLock } from '../cluster/protocol-clients.ts';
import { empty, json } from '../http/answer.ts';
import { type Call, on } from '../http/operation.ts';
import { refOf, snapshotOf } from './file-query.ts';
import { page, pagingOf } from './paging.ts';

function pairOf(call: Call<'protocol' | 'lock_type'>): LockPair {
  const pair = `${call.param('protocol')}/${call.param('lock_type')}`;
  if (!isLockPair(pair)) throw lockPairUnknown(call.param('protocol'), call.param('lock_type'));
  return pair;
}

/** Only NLM locks have waiters, and only they can be released (FACTS 12). */
function nlmOnly(call: Call<'protocol' | 'lock_type'>): LockPair {
  const pair = pairOf(call);
  if (pair !== 'nlm/byte-range') throw lockPairUnknown(call.param('protocol'), call.param('lock_type'));
  return pair;
}

function fileIdOf(call: Call<'ref'>): string {
  return call.cluster.fs.getAttributes(call.caller, refOf(call), { snapshot: snapshotOf(call) }).value.id;
}

/** `offset` and `size` only for byte ranges (FACTS 12). */
const grant = (lock: ProtocolLock) => ({
  file_id: lock.fileId,
  snapshot: '',
  owner_id: lock.ownerId,
  owner_name: lock.ownerName,
  owner_address: lock.ownerAddress,
  mode: [...lock.mode],
  ...(lock.pair === 'smb/share-mode' ? {} : { offset: lock.offset, size: lock.size }),
});

/** `next` is a string on every page, the empty one too: lockman cuts its first character off unseen (FACTS 3). */
function locksPage(call: Call, locks: readonly ProtocolLock[], keep: readonly string[]) {
  const { entries, paging } = page(call, locks, keep);
  if (paging.next !== null || call.cluster.unknowns.locksLastPageNext === 'null') return { entries, paging };
  return { entries, paging: pagingOf(call, String(locks.length), call.query.count('limit'), null, keep) };
}

const ofClient = (call: Call) => {
  const name = call.query.text('owner_name');
  const address = call.query.text('owner_address');
  return (lock: ProtocolLock): boolean =>
    (name === undefined || name === '' || lock.ownerName === name) &&
    (address === undefined || address === '' || lock.ownerAddress === address);
};
const CLIENT_KEYS = ['owner_name', 'owner_address'];

/** Byte-range and share-mode locks of SMB and NFS clients (FACTS 12): what `--wait-for-close` asks for. */
export const protocolLockOperations = {
  ...on('GET /v1/files/{ref}/locks/{protocol}/{lock_type}/', {
    privilege: 'PRIVILEGE_FS_LOCK_READ',
    handle(call) {
      const pair = pairOf(call);
      const fileId = fileIdOf(call);
      const found = call.cluster.clients.locks(pair).filter((lock) => lock.fileId === fileId);
      const { entries, paging } = locksPage(call, found, ['snapshot']);
      return json({ grants: entries.map(grant), paging });
    },
  }),
  ...on('GET /v1/files/locks/{protocol}/{lock_type}/', {
    privilege: 'PRIVILEGE_FS_LOCK_READ',
    handle(call) {
      const found = call.cluster.clients.locks(pairOf(call)).filter(ofClient(call));
      const { entries, paging } = locksPage(call, found, CLIENT_KEYS);
      return json({ grants: entries.map(grant), paging });
    },
  }),
  ...on('GET /v1/files/{ref}/locks/{protocol}/{lock_type}/waiters/', {
    privilege: 'PRIVILEGE_FS_LOCK_READ',
    handle(call) {
      const pair = nlmOnly(call);
      const fileId = fileIdOf(call);
      const found = call.cluster.clients.locks(pair, true).filter((lock) => lock.fileId === fileId);
      const { entries, paging } = locksPage(call, found, ['snapshot']);
      return json({ waiters: entries.map(grant), paging });
    },
  }),
  ...on('GET /v1/files/locks/{protocol}/{lock_type}/waiters/', {
    privilege: 'PRIVILEGE_FS_LOCK_READ',
    handle(call) {
      const found = call.cluster.clients.locks(nlmOnly(call), true).filter(ofClient(call));
      const { entries, paging } = locksPage(call, found, CLIENT_KEYS);
      return json({ waiters: entries.map(grant), paging });
    },
  }),
  ...on('DELETE /v1/files/{ref}/locks/{protocol}/{lock_type}/', {
    privilege: 'PRIVILEGE_FS_LOCK_WRITE',
    handle(call) {
      const pair = nlmOnly(call);
      const fileId = fileIdOf(call);
      const [offset, size, ownerId] = [call.query.text('offset'), call.query.text('size'), call.query.text('owner_id')];
      for (const lock of call.cluster.clients.locks(pair))
        if (
          lock.fileId === fileId &&
          (offset === undefined || lock.offset === offset) &&
          (size === undefined || lock.size === size) &&
          (ownerId === undefined || lock.ownerId === ownerId)
        )
          call.cluster.clients.removeLock(lock.id);
      return empty();
    },
  }),
  ...on('DELETE /v1/files/locks/{protocol}/{lock_type}/', {
    privilege: 'PRIVILEGE_FS_LOCK_WRITE',
    handle(call) {
      const chosen = call.cluster.clients.locks(nlmOnly(call)).filter(ofClient(call));
      for (const lock of chosen) call.cluster.clients.removeLock(lock.id);
      return empty();
    },
  }),
};
