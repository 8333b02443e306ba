/**
 * Text as stores that speak UTF-8 keep it without loss: names from the cluster may hold lone surrogates, which UTF-8 cannot say. Equal texts
 * stay equal and different ones different, so that stored texts can be compared and looked up.
 */
export function storedText(text: string): string {
  return text.isWellFormed() && !text.startsWith('\0') ? text : `\0${JSON.stringify(text)}`;
}

export function fromStoredText(stored: string): string {
  if (!stored.startsWith('\0')) return stored;
  const text: unknown = JSON.parse(stored.slice(1));
  return typeof text === 'string' ? text : stored;
}

/** Columns and fields that are JSON were written by us. */
export function parsed<T>(json: string): T {
  return JSON.parse(json);
}
