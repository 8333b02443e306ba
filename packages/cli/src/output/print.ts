import { once } from 'node:events';
import { onReaderGone, writeTo } from '../process/streams.ts';
import { csvLine } from './csv.ts';
import type { Format } from './format.ts';
import { TableLayout } from './table.ts';

type Cell = string | number | boolean | null;

/** How rows of one kind look in each format. */
export interface RowShape<T> {
  /** For people: few columns, the path last. */
  table: readonly (readonly [heading: string, value: (row: T) => string])[];
  /** For machines: everything. */
  fields: readonly (readonly [name: string, value: (row: T) => Cell])[];
}

/** Rows, as they come. */
export type Rows<T> = Iterable<T> | AsyncIterable<T>;

/** Lines of a format, one by one: memory does not grow with the rows. */
export async function* renderRows<T>(rows: Rows<T>, shape: RowShape<T>, format: Format): AsyncGenerator<string> {
  if (format === 'table') {
    const table = new TableLayout(shape.table.map(([heading]) => heading));
    for await (const row of rows) yield* table.add(shape.table.map(([, value]) => value(row)));
    yield* table.end();
  } else if (format === 'csv') {
    yield csvLine(shape.fields.map(([name]) => name));
    for await (const row of rows) yield csvLine(shape.fields.map(([, value]) => value(row)));
  } else {
    yield '[';
    let separator = '\n';
    for await (const row of rows) {
      yield `${separator}${jsonOf(row, shape)}`;
      separator = ',\n';
    }
    yield '\n]\n';
  }
}

/** A row as an object in JSON, in one line. */
export function jsonOf<T>(row: T, shape: RowShape<T>): string {
  return JSON.stringify(Object.fromEntries(shape.fields.map(([name, value]) => [name, value(row)])));
}

/** Prints as fast as the reader takes it, and stops when the reader goes away. */
export async function print(lines: Rows<string>): Promise<void> {
  const gone = new AbortController();
  onReaderGone(() => gone.abort());
  for await (const line of lines) {
    if (gone.signal.aborted) return;
    if (writeTo(process.stdout, line)) continue;
    await once(process.stdout, 'drain', { signal: gone.signal }).catch((error: unknown) => {
      if (!gone.signal.aborted) throw error;
    });
  }
}
