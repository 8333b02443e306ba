/**
 * White space as Python's `str.strip()` and `\s` see it, which is not what `String.prototype.trim` sees:
 * Python counts U+001C to U+001F and U+0085 and does not count U+FEFF.
 */
const SPACE = '\\t\\n\\v\\f\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const leading = new RegExp(`^[${SPACE}]+`);
const allSpace = new RegExp(`[${SPACE}]`);

export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && allSpace.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

export function strip(text: string): string {
  return stripEnd(text.replace(leading, ''));
}

/** Column of the first character that is not white space; 0 on an empty line. */
export function indentOf(line: string): number {
  const spaces = leading.exec(line)?.[0].length ?? 0;
  return spaces === line.length ? 0 : spaces;
}

/** Splits `name = value` or `name: value` at the first delimiter; `undefined` when there is none. */
export function splitOption(text: string): { name: string; value: string } | undefined {
  const at = text.search(/[=:]/);
  return at < 0 ? undefined : { name: stripEnd(text.slice(0, at)), value: strip(text.slice(at + 1)) };
}
