/** Does this change stand behind that one in the log, by their ids? In a log with partitions, as far as times of entries tell. */
export function isLater(id: string, than: string): boolean {
  const [a, b] = [numbersOf(id), numbersOf(than)];
  for (const [n, one] of a.entries()) {
    const other = b[n] ?? 0;
    if (one !== other) return one > other;
  }
  return false;
}

/** `<batch>.<n>`, or `<partition>-<ms>-<sequence>.<n>`. */
function numbersOf(id: string): number[] {
  const all = id.split(/[-.]/).map(Number);
  return all.length > 3 ? all.slice(1) : all;
}
