import { readJson } from './json-text.ts';
import { readLargeYaml } from './large-yaml.ts';
import { type Finding, keyText, type Problem } from './problem.ts';
import type { TextReading } from './text-reading.ts';
import { readYaml } from './yaml-text.ts';

/** Characters from which on a file is read piece by piece. */
const LARGE = 100_000;
const MAX_CHARACTERS = 256 * 1024 * 1024;

/** The content of a rule file, and where in its text everything stands. */
export interface ReadText {
  readonly value: unknown;
  place(finding: Finding): Problem;
}

export type ReadResult =
  | { readonly ok: true; readonly read: ReadText }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads YAML, of which JSON is a part. */
export function readText(text: string, source: string): ReadResult {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const positionAt = placesOf(bare);
  const at = (offset: number, key: string, message: string, hint: string | undefined): Problem => {
    return { source, ...positionAt(offset), key, message, hint };
  };
  const reading = read(bare);
  if (!reading.ok) {
    return { ok: false, problems: reading.troubles.map(({ offset, message, hint }) => at(offset, '', message, hint)) };
  }
  const { value, locate } = reading;
  const place = ({ path, atKey, message, hint }: Finding): Problem =>
    at(locate(path, atKey === true), keyText(path), message, hint);
  return { ok: true, read: { value, place } };
}

function read(text: string): TextReading {
  const fail = (message: string, hint?: string): TextReading => ({
    ok: false,
    troubles: [{ offset: 0, message, hint }],
  });
  if (text.length > MAX_CHARACTERS) return fail('The file is larger than 256 MiB.');
  if (text.trim() === '') return fail('The file is empty.', 'Begin it with "version: 1" and "rules:".');
  return readJson(text) ?? (text.length > LARGE ? readLargeYaml(text) : undefined) ?? readYaml(text);
}

/** Line and column count from 1; a column is a UTF-16 unit, as editors count. The lines are found when the first place is asked for. */
function placesOf(text: string): (offset: number) => { line: number; column: number } {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}
