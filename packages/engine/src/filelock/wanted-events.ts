import type { NotifyEventType } from '@qwarden/qumulo-client';

/** What gives a name, or takes one away: arrivals, and what the inventory is kept by. */
const NAMES = [
  'child_file_added',
  'child_dir_added',
  'child_file_removed',
  'child_dir_removed',
  'child_file_moved_from',
  'child_file_moved_to',
  'child_dir_moved_from',
  'child_dir_moved_to',
  'self_removed',
] as const satisfies readonly NotifyEventType[];

/** What starts the settle time of a file again. */
const CONTENT = [
  'child_mtime_changed',
  'child_size_changed',
  'child_data_written',
  'child_stream_added',
  'child_stream_removed',
  'child_stream_moved_from',
  'child_stream_moved_to',
  'child_stream_size_changed',
  'child_stream_data_written',
] as const satisfies readonly NotifyEventType[];

/** The kinds of change that `filelock` needs to hear of (FACTS 6.1). With interval 0 a further change says nothing new, and writers make many. */
export function wantedEvents(intervalMs: number): readonly NotifyEventType[] {
  return intervalMs > 0 ? [...NAMES, ...CONTENT] : NAMES;
}
