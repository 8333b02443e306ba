import stringWidth from 'string-width';
import { oneLine } from '../log/escape.ts';

/** Rows that decide the widths; later ones may stand out. Memory does not grow with the number of rows. */
const MEASURED = 500;

/** Lines of a table for people: a heading, a rule, and a line for each row; the last column is never padded. */
export function* tableLines(headings: readonly string[], rows: Iterable<readonly string[]>): Generator<string> {
  const table = new TableLayout(headings);
  for (const row of rows) yield* table.add(row);
  yield* table.end();
}

/** A table that is given its rows one after another. */
export class TableLayout {
  readonly #headings: readonly string[];
  #first: string[][] = [];
  #widths: readonly number[] | undefined;

  constructor(headings: readonly string[]) {
    this.#headings = headings;
  }

  /** The lines that can be printed now. */
  *add(row: readonly string[]): Generator<string> {
    const cells = row.map(oneLine);
    if (this.#widths !== undefined) {
      yield line(cells, this.#widths);
      return;
    }
    this.#first.push(cells);
    if (this.#first.length >= MEASURED) yield* this.#begin();
  }

  /** Those that are left. */
  *end(): Generator<string> {
    if (this.#widths === undefined) yield* this.#begin();
  }

  *#begin(): Generator<string> {
    const headings = this.#headings;
    const widths = headings.map((heading, column) =>
      Math.max(stringWidth(heading), ...this.#first.map((row) => stringWidth(row[column] ?? ''))),
    );
    this.#widths = widths;
    yield line(headings, widths);
    yield line(
      widths.map((width, column) =>
        '-'.repeat(column === widths.length - 1 ? stringWidth(headings[column] ?? '') : width),
      ),
      widths,
    );
    for (const row of this.#first) yield line(row, widths);
    this.#first = [];
  }
}

function line(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) =>
    column === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell))),
  );
  return `${padded.join('  ').trimEnd()}\n`;
}
