import type { XNotifyEvent } from '../wire/generated.ts';

/** The 24 documented types of change (FACTS 6.1). */
export type NotifyEventType = NonNullable<XNotifyEvent['type']>;

/** All types of change, as the cluster's `filter` knows them (FACTS 6.1). */
export const notifyEventTypes = [
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
] as const satisfies readonly NotifyEventType[];

/** One change. */
export interface NotifyEvent {
  /** One of NotifyEventType; types of later releases pass as they come. */
  type: string;
  /** Relative to the watched directory, no leading slash (FACTS 6.2); null when the cluster names none. */
  path: string | null;
  /** Ids, oldest ancestor first, the changed object last; empty when the cluster gives none. Use only the last (FACTS 6.2). */
  spine: readonly string[];
  /** Null for the default stream. */
  stream_name: string | null;
}

/** One `data:` line. */
export interface NotifyBatch {
  events: NotifyEvent[];
  /** The JSON text as it came. */
  raw: string;
  /** Local clock when its last byte came, ms since the epoch. */
  receivedAtMs: number;
}

/**
 * Events to look into, each by its number. They are places in the text that came: what nobody asks for costs nothing. A path or stream name
 * that was given out may keep the whole text in memory; ids and types do not.
 */
export interface NotifyEvents {
  readonly length: number;
  /** Index of its type in `notifyEventTypes`; -1: a type of a later release. */
  typeCode(n: number): number;
  /** One of NotifyEventType; types of later releases pass as they come. */
  type(n: number): string;
  /** True: path, ids and stream name are those of the event before it. False tells nothing. */
  isRepeated(n: number): boolean;
  /** As `NotifyEvent.path`. */
  path(n: number): string | null;
  /** The last id of the spine: that of the changed object; empty when the cluster gives none. */
  id(n: number): string;
  /** The last id but one: that of the directory it is in; empty when the cluster gives none. */
  parentId(n: number): string;
  /** As `NotifyEvent.spine`; empty when the cluster gives none. */
  spine(n: number): readonly string[];
  /** As `NotifyEvent.stream_name`. */
  streamName(n: number): string | null;
  /** The event as it came, in JSON; one that had to be completed, as it was completed. */
  json(n: number): string;
}

/** `data:` lines that came in the same millisecond and have waited together. */
export interface NotifyBurst {
  readonly events: NotifyEvents;
  /** The JSON texts of its lines as they came, a line each. */
  readonly raw: string;
  /** Local clock when its bytes came, ms since the epoch. */
  readonly receivedAtMs: number;
}

/**
 * - `closed` the cluster ended it; `silence` no byte for `silenceMs`; `aborted` by `close()` or the signal
 * - `refused` the cluster sent an error down the stream; `protocol` it sent a line that is none of the documented forms
 * - `self-removed` the watched directory is gone, nothing will follow (FACTS 6.3)
 * - `error` the connection broke
 */
export type NotifyEndReason = 'closed' | 'silence' | 'aborted' | 'refused' | 'protocol' | 'self-removed' | 'error';

export interface NotifyEnd {
  reason: NotifyEndReason;
  error?: Error;
}

/**
 * One connection of a watch (an "epoch"). Iterate it once: everything that came in one packet is handed out before
 * anything waits. What was received before the end is still handed out, except after `aborted`; then iteration just
 * ends, and `ended` says why. Any end may mean lost events: the API has no replay (FACTS 6.2).
 */
export interface NotifyStream extends AsyncIterable<NotifyBatch> {
  /** Resolves when the cluster says `: watching`: changes from here on are seen. Rejects when the stream ends first. */
  readonly registered: Promise<void>;
  /** Resolves, never rejects, when the stream has ended. */
  readonly ended: Promise<NotifyEnd>;
  /** Local clock at the last byte, keepalives included, ms since the epoch. */
  readonly lastByteAtMs: number;
  /**
   * In place of iterating the stream, for those who want speed: batches that came together, as one, with events that are read when they are
   * asked for. One of the two ways for a stream, and once.
   */
  bursts(): AsyncIterable<NotifyBurst>;
  /** Ends the stream now; what is buffered is dropped. */
  close(): Promise<void>;
}

export interface NotifyOptions {
  recursive: boolean;
  /** Only these types; all when left out. */
  filter?: readonly NotifyEventType[] | undefined;
  /** No byte for so long = dead (FACTS 6.2). Default 60,000. */
  silenceMs?: number | undefined;
  /**
   * Received and not yet taken by the reader, in bytes of JSON: beyond it the socket is not read until the reader has
   * caught up to half. A single line beyond it ends the stream (`protocol`). Default 8 MiB.
   */
  maxBufferedBytes?: number | undefined;
}
