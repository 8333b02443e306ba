import type { NotifyEvents } from '@qwarden/qumulo-client';
import type { Position } from '../queue/port.ts';

/** Where in the tree the changes of a stretch of the log are about. */
export class Spines {
  readonly #events = new Map<Position, NotifyEvents>();

  /** The events of the batch at that position. */
  add(position: Position, events: NotifyEvents): void {
    this.#events.set(position, events);
  }

  /** Ids from the watched directory down to the object that the change of that id is about; empty when the batch is not here, or has none. */
  of(changeId: string): readonly string[] {
    const end = changeId.lastIndexOf('.');
    const events = this.#events.get(changeId.slice(0, end));
    const n = Number(changeId.slice(end + 1));
    return events !== undefined && n < events.length ? events.spine(n) : [];
  }
}
