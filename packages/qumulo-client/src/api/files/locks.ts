import type { CallOptions, FileRef } from '../../options.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { encodeRef } from '../../transport/encode.ts';
import { type Paged, pages } from '../../transport/paging.ts';
import { listIn } from '../../transport/read-body.ts';

/** A lock that an SMB or NFS client holds on a file (FACTS 12): not a retention lock. */
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

export interface ListLocksOptions extends CallOptions {
  /** Locks a page; default 1,000. */
  limit?: number | undefined;
  snapshot?: number | undefined;
}

export interface ClientLocksApi {
  listLocks(
    ref: FileRef,
    protocol: 'smb',
    type: 'byte-range' | 'share-mode',
    options?: ListLocksOptions,
  ): AsyncIterable<ClientLock>;
  listLocks(
    ref: FileRef,
    protocol: 'nlm' | 'nfs4',
    type: 'byte-range',
    options?: ListLocksOptions,
  ): AsyncIterable<ClientLock>;
}

interface LocksPage extends Paged {
  grants: ClientLock[];
}

const list = endpoint('GET /v1/files/{ref}/locks/{protocol}/{lock_type}/', listIn<LocksPage>('grants'));

/** What the SDK asks for; without a limit of its own the server's is unknown (FACTS 3). */
const pageSize = 1_000;

export function clientLocksApi(caller: Caller): ClientLocksApi {
  return {
    listLocks: async function* (ref: FileRef, protocol: string, type: string, options?: ListLocksOptions) {
      const query = { limit: options?.limit ?? pageSize, snapshot: options?.snapshot };
      for await (const page of pages(caller, list, [encodeRef(ref), protocol, type], query, options, ref)) {
        // Here some releases name a next page for ever, and end with an empty one (FACTS 3).
        if (page.data.grants.length === 0) return;
        yield* page.data.grants;
      }
    },
  };
}
