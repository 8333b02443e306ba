const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?/gs;

/**
 * Whether no object of a JSON text names a key twice: `JSON.parse` keeps the last in silence, so that the value has fewer keys
 * than the text.
 */
export function keysAreUnique(text: string, value: unknown): boolean {
  let written = 0;
  for (const [, colon] of text.matchAll(TOKEN)) if (colon !== undefined) written += 1;
  return written === countKeys(value);
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countKeys(item), 0);
  return Object.values(value).reduce((sum: number, item) => sum + 1 + countKeys(item), 0);
}
