import { type RecordedChange, recordedChanges } from '@qwarden/engine';
import { pathFilterOf, sinceOf, typesOf } from '../../look/filters.ts';
import type { OpenStore } from '../../look/stores.ts';
import { oneLine } from '../../log/escape.ts';
import { writeTo } from '../../process/streams.ts';

export interface EventFilter {
  readonly since: number | undefined;
  accepts(event: RecordedChange): boolean;
}

/** An event and where it is recorded. */
export interface LocatedEvent {
  readonly event: RecordedChange;
  readonly stateDir: string;
}

/** Throws CliError. */
export function eventFilter(
  values: { path?: string | undefined; type: readonly string[]; since?: string | undefined },
  nowMs: number,
): EventFilter {
  const path = pathFilterOf(values.path);
  const types = typesOf(values.type);
  return {
    since: values.since === undefined ? undefined : sinceOf(values.since, nowMs),
    accepts: ({ change }) =>
      types?.has(change.type) !== false && (path(change.path) || (change.movedFrom !== null && path(change.movedFrom))),
  };
}

/** Of one store after another, each in order. */
export async function* selectEvents(stores: readonly OpenStore[], filter: EventFilter): AsyncGenerator<LocatedEvent> {
  for (const { reader, stateDir } of stores) {
    for await (const event of recordedChanges(reader.log, { since: filter.since, unreadable: tellUnreadable }))
      if (filter.accepts(event)) yield { event, stateDir };
  }
}

export function tellUnreadable(message: string): void {
  writeTo(process.stderr, `qwarden: warning: ${oneLine(message)}\n`);
}
