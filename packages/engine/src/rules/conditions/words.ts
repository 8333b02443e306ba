/** `a`, `a or b`, `a, b or c`; beyond a handful only how many more. */
export function oneOf(words: readonly string[]): string {
  const most = 6;
  if (words.length > most) return `${words.slice(0, most - 1).join(', ')} or one of ${words.length - most + 1} more`;
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

export function quoted(text: string): string {
  return `"${text}"`;
}
