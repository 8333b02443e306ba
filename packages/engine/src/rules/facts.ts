import type { FileAttributes } from '@qwarden/qumulo-client';

/** What must be asked of the cluster, and the time, to finish what the change alone leaves open. */
export interface Facts {
  /** The cluster's time, ms since the epoch; NaN: it is of no account here, and what asks for it stays open. */
  readonly now: number;
  /** With the retention lock. Undefined = not asked; null = the file is gone, and no condition on them can be answered. */
  readonly attributes?: FileAttributes | null | undefined;
  /** User metadata. Undefined = not asked; null = the file is gone. */
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  /** Name of an auth id, for `owner: joe` where the attributes do not name a local user; undefined = has none. */
  readonly resolveIdentity?: ((authId: string) => string | undefined) | undefined;
}
