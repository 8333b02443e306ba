import { type NotifyEvent, notifyEventTypes } from './types.ts';

/** What is known of an event, in this order. Places are in UTF-16 units of the text; a place of -1 is null, or not there. */
export const column = {
  /** Index in `notifyEventTypes`, or `unknownType`, with the flags below. */
  type: 0,
  /** The event itself; for an odd one, which of them. */
  from: 1,
  to: 2,
  pathFrom: 3,
  pathTo: 4,
  idFrom: 5,
  idTo: 6,
  parentFrom: 7,
  parentTo: 8,
  streamFrom: 9,
  streamTo: 10,
} as const;

export const columns = 11;

/** The type without flags. */
export const typeMask = 0xff;
export const unknownType = 0xff;
/** The text in these places has escapes: it is a JSON string, without its quotes. */
export const pathEscaped = 0x100;
export const streamEscaped = 0x200;
/** It stands among the odd ones. */
export const odd = 0x400;
/** All but the type is the same as in the row before. */
export const repeated = 0x800;

const firstRows = 256;

const codes: ReadonlyMap<string, number> = new Map(notifyEventTypes.map((type, code) => [type, code]));

/** A growing table of events: rows of integers, which cost the garbage collector nothing. */
export class EventColumns {
  values = new Int32Array(firstRows * columns);
  rows = 0;
  /** Events that only JSON.parse could read. */
  odd: NotifyEvent[] = [];

  /** Room for so many more. */
  reserve(rows: number): void {
    const needed = (this.rows + rows) * columns;
    if (needed <= this.values.length) return;
    const larger = new Int32Array(Math.max(needed, this.values.length * 2));
    larger.set(this.values.subarray(0, this.rows * columns));
    this.values = larger;
  }

  addOdd(event: NotifyEvent): void {
    this.reserve(1);
    const row = this.rows * columns;
    this.values.fill(-1, row, row + columns);
    this.values[row + column.type] = (codes.get(event.type) ?? unknownType) | odd;
    this.values[row + column.from] = this.odd.length;
    this.odd.push(event);
    this.rows += 1;
  }

  /** Is there an event of this type in the rows from `fromRow` on? */
  hasType(code: number, fromRow: number): boolean {
    for (let row = fromRow; row < this.rows; row += 1) {
      if (((this.values[row * columns + column.type] ?? unknownType) & typeMask) === code) return true;
    }
    return false;
  }

  /** All rows, in an array of their own. Begins anew, with less memory after a flood. */
  take(): { readonly values: Int32Array; readonly odd: readonly NotifyEvent[] } {
    const taken = { values: this.values.slice(0, this.rows * columns), odd: this.odd };
    this.rows = 0;
    this.odd = [];
    if (this.values.length > 64 * firstRows * columns) this.values = new Int32Array(firstRows * columns);
    return taken;
  }
}
