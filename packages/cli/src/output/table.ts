import stringWidth from 'string-width';
import { oneLine } from '../log/escape.ts';

/** Rows that decide the widths; later ones may stand out. Memory does not grow with the number of rows. */
const MEASURED = 500;

/** Lines of a table for people: a heading, a rule, and a line for each row; the last column is never padded. */
export function* tableLines(headings: readonly string[], rows: Iterable<readonly string[]>): Generator<string> {
  const iterator = rows[Symbol.iterator]();
  const first: string[][] = [];
  let next = iterator.next();
  while (!next.done && first.length < MEASURED) {
    first.push(next.value.map(oneLine));
    next = iterator.next();
  }
  const widths = headings.map((heading, column) =>
    Math.max(stringWidth(heading), ...first.map((row) => stringWidth(row[column] ?? ''))),
  );
  yield line(headings, widths);
  yield line(
    widths.map((width, column) =>
      '-'.repeat(column === widths.length - 1 ? stringWidth(headings[column] ?? '') : width),
    ),
    widths,
  );
  for (const row of first) yield line(row, widths);
  for (; !next.done; next = iterator.next()) yield line(next.value.map(oneLine), widths);
}

function line(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) =>
    column === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell))),
  );
  return `${padded.join('  ').trimEnd()}\n`;
}
