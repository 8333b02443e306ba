import type { SQLOutputValue } from 'node:sqlite';

/** A row of `node:sqlite`. */
export type Row = Record<string, SQLOutputValue>;

/** Readers of columns: the tables guarantee the types, these only convince the compiler without casts. */
export function text(value: SQLOutputValue | undefined): string {
  return typeof value === 'string' ? value : String(value ?? '');
}

export function textOrNull(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function num(value: SQLOutputValue | undefined): number {
  return typeof value === 'number' ? value : Number(value ?? 0);
}

export function numOrNull(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
