import type { FileLock } from '@qwarden/qumulo-client';

/** How one try to set a retention lock ended. `path` (below the watched directory) is given when it is newer than the job's. */
export type LockOutcome =
  | {
      readonly kind: 'locked';
      readonly lock: FileLock;
      readonly note: string | null;
      readonly path?: string;
      readonly creationTime: string | null;
      readonly links: number;
    }
  | {
      readonly kind: 'already-locked';
      readonly lock: FileLock;
      readonly shorter: boolean;
      readonly note: string | null;
      readonly path?: string;
      readonly creationTime: string | null;
      readonly links: number;
    }
  | {
      readonly kind: 'would-lock';
      readonly lock: FileLock;
      readonly path?: string;
      readonly creationTime: string | null;
      readonly links: number;
    }
  | { readonly kind: 'skipped'; readonly reason: string; readonly path?: string; readonly creationTime: string | null }
  | { readonly kind: 'gone' }
  | { readonly kind: 'moved-out' }
  /** Not settled after all, or held open: again after `delayMs`. */
  | {
      readonly kind: 'rearm';
      readonly why: 'changed' | 'open';
      readonly reason: string;
      readonly delayMs: number;
      readonly path?: string;
    }
  | TransientFailure
  | { readonly kind: 'login-refused'; readonly reason: string; readonly remedy: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly remedy: string;
      readonly status: number | null;
      readonly errorClass: string | null;
    }
  /** Given up by us; the job stays as it is. */
  | { readonly kind: 'aborted' };

/** May work later without anybody changing anything. */
export interface TransientFailure {
  readonly kind: 'transient';
  /** `cluster`: nothing to do with this file. */
  readonly scope: 'file' | 'cluster';
  readonly overload: boolean;
  readonly reason: string;
  readonly waitMs?: number | undefined;
}
