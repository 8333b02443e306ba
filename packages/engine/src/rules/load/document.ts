import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
} from 'yaml';
import { keysAreUnique } from './json-keys.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { type Finding, type KeyPath, keyText, type Problem } from './problem.ts';

/** Aliases are followed so often at most: a few lines of them can stand for gigabytes. */
const MAX_ALIASES = 1000;
/** Characters from which on the fast reader is asked first. */
const LARGE = 100_000;
const MAX_DEPTH = 100;
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
  const fail = (message: string, hint?: string): ReadResult => ({
    ok: false,
    problems: [{ source, line: 1, column: 1, key: '', message, hint }],
  });
  if (text.length > MAX_CHARACTERS) return fail('The file is larger than 256 MiB.');
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (bare.trim() === '') return fail('The file is empty.', 'Begin it with "version: 1" and "rules:".');
  const fast = readJson(bare) ?? (bare.length > LARGE ? readPlainYaml(bare) : undefined);
  if (fast !== undefined)
    return { ok: true, read: { value: fast, place: (finding) => placeIn(bare, source, finding) } };
  return readYaml(bare, source);
}

/** JSON is read by the runtime, a hundred times as fast; undefined when it is none or not plain enough. */
function readJson(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return keysAreUnique(text, value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The place is only worked out for a file that has problems. */
function placeIn(text: string, source: string, finding: Finding): Problem {
  if (lastPlaced?.text !== text) {
    const lines = new LineCounter();
    lastPlaced = { text, lines, document: parse(text, lines) };
  }
  return place(lastPlaced.document, lastPlaced.lines, source, finding);
}

let lastPlaced: { text: string; lines: LineCounter; document: Document } | undefined;

function parse(text: string, lines: LineCounter): Document {
  return parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, stringKeys: false });
}

function readYaml(text: string, source: string): ReadResult {
  const lines = new LineCounter();
  const at = (offset: number, key: string, message: string, hint?: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { source, line: Math.max(line, 1), column: Math.max(col, 1), key, message, hint };
  };
  let document: Document;
  try {
    document = parse(text, lines);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, problems: [at(0, '', `The file is nested more than ${MAX_DEPTH} deep.`)] };
  }
  const problems = [...document.errors, ...document.warnings].map((error) =>
    at(error.pos[0], '', ...syntaxMessage(error, text)),
  );
  if (problems.length > 0) return { ok: false, problems };
  if (document.contents === null) {
    return {
      ok: false,
      problems: [at(0, '', 'The file is empty: there are only comments.', 'Begin it with "version: 1" and "rules:".')],
    };
  }
  const odd = oddities(document).map(({ node, message, hint }) => at(node.range?.[0] ?? 0, '', message, hint));
  if (odd.length > 0) return { ok: false, problems: odd };
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { ok: true, read: { value, place: (finding) => place(document, lines, source, finding) } };
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    const { offset, message, hint } = aliasTrouble(document);
    return { ok: false, problems: [at(offset, '', message, hint)] };
  }
}

/** Places that YAML allows and a rule file does not. */
function oddities(document: Document): { node: Node; message: string; hint?: string }[] {
  const out: { node: Node; message: string; hint?: string }[] = [];
  visit(document, {
    Node: (_key, node, ancestors) => {
      if (ancestors.length <= 2 * MAX_DEPTH) return undefined;
      out.push({ node, message: `The file is nested more than ${MAX_DEPTH} deep.` });
      return visit.BREAK;
    },
    Pair: (_key, pair) => {
      if (!isScalar(pair.key)) {
        if (isNode(pair.key)) out.push({ node: pair.key, message: 'A key must be plain text.' });
        return undefined;
      }
      if (pair.key.value === '<<') {
        out.push({
          node: pair.key,
          message: '"<<" (merge) is no keyword here.',
          hint: 'Use "defaults", or an alias for a whole value.',
        });
      }
      if (pair.key.value === 'mode' && isScalar(pair.value)) {
        const octal = octalText(pair.value);
        if (octal !== undefined) {
          out.push({
            node: pair.value,
            message: `A mode must be quoted: YAML reads ${octal} as the number ${String(pair.value.value)}.`,
            hint: `Write mode: "${octal.replace('0o', '0')}".`,
          });
        }
      }
      return undefined;
    },
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && !Number.isFinite(node.value)) {
        out.push({ node, message: 'Infinity and "not a number" are no values here.' });
      }
    },
  });
  return out;
}

function octalText(scalar: Scalar): string | undefined {
  return typeof scalar.value === 'number' && /^0o?[0-7]+$/.test(scalar.source ?? '') ? scalar.source : undefined;
}

/** Why the aliases could not be followed: one names nothing, or together they are too many. */
function aliasTrouble(document: Document): { offset: number; message: string; hint?: string } {
  const anchors = new Set<string>();
  let first: number | undefined;
  let trouble: { offset: number; message: string; hint: string } | undefined;
  visit(document, {
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      first ??= offset;
      if (anchors.has(node.source)) return undefined;
      const message = `"*${node.source}" stands for nothing: there is no "&${node.source}" before it.`;
      trouble = { offset, message, hint: 'A text that begins with "*" or "&" must be quoted.' };
      return visit.BREAK;
    },
  });
  const many = `The file uses its aliases (*name) more than ${MAX_ALIASES} times: written out it could be huge.`;
  return trouble ?? { offset: first ?? 0, message: many };
}

function place(document: Document, lines: LineCounter, source: string, finding: Finding): Problem {
  const { path, message, hint } = finding;
  const { line, col } = lines.linePos(locate(document, path, finding.atKey === true));
  return { source, line: Math.max(line, 1), column: Math.max(col, 1), key: keyText(path), message, hint };
}

/** Offset of a value or its key; of the nearest thing around it when it is not there. */
function locate(document: Document, path: KeyPath, atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) break;
      const isLast = depth === path.length - 1;
      offset = (isLast && !atKey ? offsetOf(pair.value) : undefined) ?? offsetOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = offsetOf(node) ?? offset;
    } else break;
  }
  return offset;
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** What the parser calls it, in words that say what to do. */
const SYNTAX: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  DUPLICATE_KEY: [
    'The same key stands here twice.',
    'Keep one of them; several conditions of one kind go into a list.',
  ],
  TAB_AS_INDENT: ['A tab is used to indent, which YAML does not allow.', 'Indent with spaces.'],
  MULTIPLE_DOCS: ['The file holds several documents (---).', 'Keep one.'],
};

function syntaxMessage(error: YAMLError, text: string): readonly [message: string, hint?: string] {
  const known = SYNTAX[error.code];
  if (known !== undefined) return known;
  const message = `${error.message.replace(/\.$/, '')}.`;
  if (text[error.pos[0]] === '*' || error.code === 'BAD_ALIAS') {
    return [message, 'A text that begins with "*" or "&" must be quoted.'];
  }
  if (lineAt(text, error.pos[0]).includes('\t')) return [message, 'There is a tab in this line: indent with spaces.'];
  return [message, 'Look at the indentation and the quotes of this line and the one before.'];
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? undefined : end);
}
