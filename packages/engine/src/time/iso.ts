let lastMs = Number.NaN;
let lastText = '';

/** RFC 3339 with milliseconds. Many events share a millisecond. */
export function iso(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString();
  }
  return lastText;
}
