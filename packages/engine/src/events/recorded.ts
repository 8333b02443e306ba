import type { QueueReader } from '../queue/port.ts';
import type { Change } from './change.ts';
import { changesOf } from './from-batch.ts';
import { RenameJoiner } from './joiner.ts';

/** A change of the log, and where it came from. */
export interface RecordedChange {
  readonly change: Change;
  /** The stream itself, or what found it without. */
  readonly source: 'stream' | 'catch-up' | 'walk' | 'injected';
}

export interface RecordedQuery {
  readonly since?: number | undefined;
  /** Behind this position. */
  readonly after?: string | undefined;
  /** Called with what stands in the log and cannot be read; it is left out. */
  readonly unreadable?: ((message: string) => void) | undefined;
  /** Whether a batch, as text, is worth reading. */
  readonly worth?: ((raw: string) => boolean) | undefined;
}

/** Changes of the log as rules see them: halves of renames are joined. The halves of one that wait for the other at the end come last. */
export async function* recordedChanges(
  log: Pick<QueueReader['log'], 'history'>,
  query: RecordedQuery,
): AsyncGenerator<RecordedChange> {
  const joiner = new RenameJoiner();
  const { since, after } = query;
  for await (const entry of log.history({ since, after })) {
    // By the log's own time, as the monitor gave them up: so they come in order.
    if ((joiner.nextExpiry ?? Number.POSITIVE_INFINITY) <= entry.receivedAt)
      for (const change of joiner.expire(entry.receivedAt)) yield { change, source: entry.source };
    if (query.worth?.(entry.raw) === false) continue;
    for (const change of changesOrNone(entry, query.unreadable))
      for (const whole of joiner.add(change)) yield { change: whole, source: entry.source };
  }
  for (const change of joiner.expire(Number.POSITIVE_INFINITY)) yield { change, source: 'stream' };
}

/** As `changesOf`; a batch that cannot be read is told of and gives nothing. */
export function changesOrNone(
  entry: Parameters<typeof changesOf>[0],
  unreadable: ((message: string) => void) | undefined,
): readonly Change[] {
  try {
    return changesOf(entry).changes;
  } catch (error) {
    unreadable?.(
      `Batch ${entry.position} of the log cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
    return [];
  }
}
