/**
 * File names are hostile input: a line break forges a log line, an escape sequence drives the terminal, a bidi mark
 * reorders what stands on the screen, half a surrogate pair is no text. All of these are written as escapes (`\n`,
 * `\x1b`, `\u202e`); everything else stays as it is, so that people can grep for names.
 */
const dangerous =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text that can stand in one line of a terminal or a log file. */
export function oneLine(text: string): string {
  return text.replace(dangerous, escape);
}

function escape(character: string): string {
  const code = character.charCodeAt(0);
  return short[character] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
