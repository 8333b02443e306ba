/** Types of change events and of watching (FACTS 6). */
import type { Caller, Ref } from '../caller.ts';
import type { FsError } from '../errors.ts';

export const changeTypes = [
  'child_file_added',
  'child_dir_added',
  'child_file_removed',
  'child_dir_removed',
  'child_file_moved_from',
  'child_file_moved_to',
  'child_dir_moved_from',
  'child_dir_moved_to',
  'child_btime_changed',
  'child_mtime_changed',
  'child_atime_changed',
  'child_size_changed',
  'child_extra_attrs_changed',
  'child_acl_changed',
  'child_owner_changed',
  'child_group_changed',
  'child_data_written',
  'child_stream_added',
  'child_stream_removed',
  'child_stream_moved_from',
  'child_stream_moved_to',
  'child_stream_size_changed',
  'child_stream_data_written',
  'self_removed',
] as const;

export type ChangeType = (typeof changeTypes)[number];

/** One change as the whole file system sees it: ids and names from the root to the object at that moment. */
export type ChangeEvent = {
  readonly type: ChangeType;
  /** ids, root first, object last */
  readonly chain: readonly string[];
  /** names below the root, object last; one fewer than `chain` */
  readonly components: readonly string[];
  readonly streamName: string | null;
};

/** One change as a watcher sees it: the wire shape. */
export type WatchEvent = {
  readonly type: ChangeType;
  readonly spine?: readonly string[];
  readonly path: string;
  readonly stream_name: string | null;
};

export type WatchOptions = {
  recursive: boolean;
  /** absent or empty = all types; unknown names are refused */
  filter?: readonly string[] | undefined;
};

/** Where a watcher's batches go. Called in turns chosen by the scheduler, never inside a file operation. */
export type WatchSink = {
  /** Write the batch. Return false when the peer is slow; delivery then waits for `handle.resume()`. */
  batch(events: readonly WatchEvent[]): boolean | undefined;
  /** Last call. `overflow` carries `error`; `self_removed` comes after the batch that says so. */
  end(reason: 'self_removed' | 'overflow', error: FsError | null): void;
};

export type WatchHandle = {
  readonly id: number;
  /** events waiting */
  readonly queued: number;
  /** Take up delivery again after `batch` returned false. */
  resume(): void;
  /** Forget the watcher; the sink hears nothing more. */
  close(): void;
  /** Fault: end it as if the queue had overflowed. */
  overflow(): void;
};

export type WatchApi = {
  /** Registers at once: every change after the return is delivered. Checks permissions, mode and filter (FACTS 6.1). */
  open(caller: Caller, ref: Ref, options: WatchOptions, sink: WatchSink): WatchHandle;
  /** Live watchers. */
  readonly size: number;
  /** All live handles, oldest first (for faults). */
  handles(): readonly WatchHandle[];
};

/** Runs a task in a later turn of the event loop (`setImmediate` in the emulator, by hand in tests). */
export type Scheduler = (task: () => void) => void;
