/** See `files.walk`. */
export interface WalkOptions {
  /** Descend into subdirectories; default true. */
  recursive?: boolean | undefined;
  /** Directories read at the same time; default 16. */
  concurrency?: number | undefined;
  /** Entries a page; default 1,000. */
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Walk the tree as it was in this snapshot. */
  snapshot?: number | undefined;
  /** Called when a directory has been read to its end, the first one included. */
  onDirectory?: ((path: string, id: string) => void) | undefined;
}
