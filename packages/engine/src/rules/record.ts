export type UnknownRecord = Readonly<Record<string, unknown>>;

/** An object with keys, not a list. */
export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
