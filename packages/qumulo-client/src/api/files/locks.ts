import type { CallOptions, FileRef } from '../../options.ts';

/** The pairs the API has (FACTS 12): locks of SMB and NFS clients, not retention locks. */
export type ClientLockKind =
  | { protocol: 'smb'; type: 'byte-range' | 'share-mode' }
  | { protocol: 'nlm' | 'nfs4'; type: 'byte-range' };

/** A lock that an SMB or NFS client holds on a file. */
export interface ClientLock {
  file_id: string;
  owner_address: string;
  /** Names such as `API_SHARE_MODE_WRITE`. */
  mode: string[];
  /** Byte-range locks only. */
  offset?: string | number | null;
  /** Byte-range locks only. */
  size?: string | number | null;
}

export interface ClientLocksApi {
  listLocks<K extends ClientLockKind>(
    ref: FileRef,
    protocol: K['protocol'],
    type: K['type'],
    options?: CallOptions & { limit?: number | undefined; snapshot?: number | undefined },
  ): AsyncIterable<ClientLock>;
}
