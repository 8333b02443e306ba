import { once } from 'node:events';
import { csvLine } from '../../output/csv.ts';
import { tableLines } from '../../output/table.ts';
import { onReaderGone, writeTo } from '../../process/streams.ts';
import type { Format } from './format.ts';

type Cell = string | number | boolean | null;

/** How rows of one kind look in each format. */
export interface RowShape<T> {
  /** For people: few columns, the path last. */
  table: readonly (readonly [heading: string, value: (row: T) => string])[];
  /** For machines: everything. */
  fields: readonly (readonly [name: string, value: (row: T) => Cell])[];
}

/** Lines of a format, one by one: memory does not grow with the rows. */
export function* renderRows<T>(rows: Iterable<T>, shape: RowShape<T>, format: Format): Generator<string> {
  if (format === 'table') {
    const headings = shape.table.map(([heading]) => heading);
    yield* tableLines(
      headings,
      mapRows(rows, (row) => shape.table.map(([, value]) => value(row))),
    );
  } else if (format === 'csv') {
    yield csvLine(shape.fields.map(([name]) => name));
    for (const row of rows) yield csvLine(shape.fields.map(([, value]) => value(row)));
  } else {
    yield '[';
    let separator = '\n';
    for (const row of rows) {
      yield `${separator}${JSON.stringify(Object.fromEntries(shape.fields.map(([name, value]) => [name, value(row)])))}`;
      separator = ',\n';
    }
    yield '\n]\n';
  }
}

function* mapRows<T, U>(rows: Iterable<T>, change: (row: T) => U): Generator<U> {
  for (const row of rows) yield change(row);
}

/** Prints as fast as the reader takes it, and stops when the reader goes away. */
export async function print(lines: Iterable<string>): Promise<void> {
  const gone = new AbortController();
  onReaderGone(() => gone.abort());
  for (const line of lines) {
    if (gone.signal.aborted) return;
    if (writeTo(process.stdout, line)) continue;
    await once(process.stdout, 'drain', { signal: gone.signal }).catch((error: unknown) => {
      if (!gone.signal.aborted) throw error;
    });
  }
}
