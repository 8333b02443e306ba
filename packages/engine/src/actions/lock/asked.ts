import type { FileAttributes } from '@qwarden/qumulo-client';
import type { Arrival } from '../../events/arrival.ts';
import type { Retention } from '../../retention/index.ts';

/** What a retention lock is to be like. */
export interface LockTerms {
  /** Absent: the retention period of a file is left as it is, and only the legal hold is set. */
  readonly retention?: Retention | undefined;
  /** Sets the legal hold. Never clears one. */
  readonly legalHold: boolean;
  /** Extends a retention period that is there already and ends earlier. */
  readonly extend: boolean;
  /** Quiet time since a file's last change, ms. 0 = at once. */
  readonly intervalMs: number;
  /** Ask whether SMB or NFS clients still hold the file open. */
  readonly waitForClose: boolean;
}

/** The file, and what is known of it. Times are ms since the epoch on the local clock. */
export interface LockedFile {
  readonly fileId: string;
  /** Absolute, as last known. */
  readonly path: string;
  readonly how: Arrival;
  readonly changedAt: number;
  /** It was not tried before. */
  readonly fresh: boolean;
  /** The ledger has a retention lock on it: by another name, or told of twice. */
  readonly known: boolean;
}

/** Where a file is now, as far as the rule is concerned. Paths are absolute. */
export type Place =
  | { readonly kind: 'inside'; readonly path: string }
  /** Under the watch by a name that the rule leaves out. */
  | { readonly kind: 'excluded'; readonly path: string }
  | { readonly kind: 'outside' }
  /** It has several names, and none that is known is there: to be looked at again. */
  | { readonly kind: 'unknown'; readonly delayMs: number };

/** Says whether a file is still one that the rule is for. Rejects with the client's error. */
export type Locate = (file: FileAttributes) => Promise<Place>;
