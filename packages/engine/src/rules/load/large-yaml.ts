import { isRecord } from '../record.ts';
import { readPlainYaml } from './plain-yaml.ts';
import type { KeyPath } from './problem.ts';
import type { TextReading, Trouble } from './text-reading.ts';
import { readYaml } from './yaml-text.ts';

/** A piece of the text that can be read by itself. */
interface Piece {
  readonly start: number;
  readonly text: string;
}

interface Pieces {
  readonly head: Piece;
  readonly items: readonly Piece[];
}

const RULES = /^rules:[ ]*(?:#.*)?\r?\n/m;

/**
 * Reads a large rule file piece by piece: what stands before `rules:`, then each rule by itself, by the fast reader where it is plain
 * and by the library where not. The library alone takes most of a minute for a hundred thousand rules, and a program that watches a cluster
 * must not stand still so long for a reload. Undefined when the text does not come apart in this way: then the library reads all of it.
 */
export function readLargeYaml(text: string): TextReading | undefined {
  const pieces = split(text);
  return pieces === undefined ? readWhole(text) : readPieces(pieces);
}

function readWhole(text: string): TextReading | undefined {
  const value = readPlainYaml(text);
  if (value === undefined) return undefined;
  let full: TextReading | undefined;
  const locate = (path: KeyPath, atKey: boolean): number => {
    full ??= readYaml(text);
    return full.ok ? full.locate(path, atKey) : 0;
  };
  return { ok: true, value, locate };
}

function readPieces(pieces: Pieces): TextReading | undefined {
  const { head, items } = pieces;
  const headReading = readYaml(head.text);
  if (!headReading.ok || !isRecord(headReading.value) || headReading.value['rules'] !== null) return undefined;
  const rules: unknown[] = [];
  const troubles: Trouble[] = [];
  for (const item of items) {
    const fast = readPlainYaml(item.text);
    if (fast !== undefined) {
      rules.push(...asList(fast));
      continue;
    }
    // An alias may stand for something in another piece.
    if (/[&*]/.test(item.text) && /(?:^|[\s[{,:-])[&*][^\s*]/m.test(item.text.replaceAll(/"[^"\n]*"|'[^'\n]*'/g, '')))
      return undefined;
    const reading = readYaml(item.text);
    if (reading.ok) rules.push(...asList(reading.value));
    else troubles.push(...reading.troubles.map((trouble) => ({ ...trouble, offset: trouble.offset + item.start })));
  }
  if (troubles.length > 0) return { ok: false, troubles };
  if (rules.length !== items.length) return undefined;
  return {
    ok: true,
    value: { ...headReading.value, rules },
    locate(path, atKey) {
      const [first, index] = path;
      if (first === 'rules' && path.length === 1 && !atKey) return items[0] === undefined ? 0 : listStart(items[0]);
      const item = first === 'rules' && typeof index === 'number' ? items[index] : undefined;
      return item === undefined ? headReading.locate(path, atKey) : locateIn(item, path.slice(2), atKey);
    },
  };
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function listStart({ start, text }: Piece): number {
  return start + text.indexOf('-');
}

function locateIn(item: Piece, path: KeyPath, atKey: boolean): number {
  const reading = readYaml(item.text);
  return item.start + (reading.ok ? reading.locate([0, ...path], atKey) : 0);
}

/** The head up to `rules:`, and the items below it; undefined when `rules` is not a block list at the end of the text. */
function split(text: string): Pieces | undefined {
  const found = RULES.exec(text);
  if (found === null || /^(?:---|\.\.\.|%)/m.test(text)) return undefined;
  const start = found.index + found[0].length;
  const dash = /^( *)- /m.exec(text.slice(start, start + 10_000))?.[1];
  if (dash === undefined) return undefined;
  const items: Piece[] = [];
  let itemStart: number | undefined;
  for (let line = start; line < text.length; ) {
    const end = text.indexOf('\n', line);
    const next = end === -1 ? text.length : end + 1;
    const isItem =
      text.startsWith(dash, line) && text[line + dash.length] === '-' && text[line + dash.length + 1] === ' ';
    if (isItem) {
      if (itemStart !== undefined) items.push({ start: itemStart, text: text.slice(itemStart, line) });
      itemStart = line;
      // Before the first item nothing can go on.
    } else if (!isDeeper(text, line, next, itemStart === undefined ? Number.POSITIVE_INFINITY : dash.length))
      return undefined;
    line = next;
  }
  if (itemStart === undefined) return undefined;
  items.push({ start: itemStart, text: text.slice(itemStart) });
  return { head: { start: 0, text: text.slice(0, start) }, items };
}

/** Whether a line is blank, a comment, or goes on with an item. */
function isDeeper(text: string, line: number, next: number, indent: number): boolean {
  let first = line;
  while (first < next && text[first] === ' ') first += 1;
  const character = text[first];
  return (
    first - line > indent || character === undefined || character === '\n' || character === '\r' || character === '#'
  );
}
