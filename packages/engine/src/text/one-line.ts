/**
 * File names are hostile input: a line break forges a line, an escape sequence drives the terminal, a bidi mark reorders what stands there,
 * half a surrogate pair is no text.
 */
const dangerous =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text that can stand in one line of a message to people: what is dangerous is written as an escape (`\n`, `\u202e`). */
export function oneLine(text: string): string {
  return text.replace(dangerous, (character) => {
    const code = character.charCodeAt(0);
    return short[character] ?? `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
