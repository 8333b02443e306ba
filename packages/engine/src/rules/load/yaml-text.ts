import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair, parseDocument } from 'yaml';
import type { KeyPath } from './problem.ts';
import type { TextReading } from './text-reading.ts';
import { aliasTrouble, depthTrouble, MAX_ALIASES, oddities, syntaxTrouble } from './yaml-trouble.ts';

/** Reads YAML with the library, which knows where everything stands. */
export function readYaml(text: string): TextReading {
  let document: Document;
  try {
    document = parseDocument(text, { prettyErrors: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, troubles: [depthTrouble(0)] };
  }
  const errors = [...document.errors, ...document.warnings];
  // The library takes the end of its stack for a mistake in the text, and what follows for more of them.
  const tooDeep = errors.find(({ message }) => /call stack|stack overflow/i.test(message));
  if (tooDeep !== undefined) return { ok: false, troubles: [depthTrouble(tooDeep.pos[0])] };
  if (errors.length > 0) return { ok: false, troubles: errors.map((error) => syntaxTrouble(error, text)) };
  if (document.contents === null) {
    const message = 'The file is empty: there are only comments.';
    return { ok: false, troubles: [{ offset: 0, message, hint: 'Begin it with "version: 1" and "rules:".' }] };
  }
  const odd = oddities(document);
  if (odd.length > 0) return { ok: false, troubles: odd };
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { ok: true, value, locate: (path, atKey) => locate(document, path, atKey) };
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return { ok: false, troubles: [aliasTrouble(document)] };
  }
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
