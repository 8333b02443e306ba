import { type Document, isNode, isScalar, type Node, type Scalar, visit, type YAMLError } from 'yaml';
import type { Trouble } from './text-reading.ts';

/** Aliases are followed so often at most: a few lines of them can stand for gigabytes. */
export const MAX_ALIASES = 1000;
const MAX_DEPTH = 100;

export function depthTrouble(offset: number): Trouble {
  const message = `The file is nested more than ${MAX_DEPTH} deep.`;
  return { offset, message, hint: 'Put conditions side by side in lists.' };
}

/** Places that YAML allows and a rule file does not. */
export function oddities(document: Document): Trouble[] {
  const out: Trouble[] = [];
  const modes = new Set<Scalar>();
  const say = (node: Node, message: string, hint?: string): void =>
    void out.push({ offset: node.range?.[0] ?? 0, message, hint });
  visit(document, {
    Node: (_key, node, ancestors) => {
      if (ancestors.length <= 2 * MAX_DEPTH) return undefined;
      out.push(depthTrouble(node.range?.[0] ?? 0));
      return visit.BREAK;
    },
    Pair: (_key, pair) => {
      if (!isScalar(pair.key)) {
        if (isNode(pair.key)) say(pair.key, 'A key must be plain text.');
        return undefined;
      }
      if (pair.key.value === '<<') {
        say(pair.key, '"<<" (merge) is no keyword here.', 'Use "defaults", or an alias for a whole value.');
      }
      if (pair.key.value === 'mode' && isScalar(pair.value)) {
        const octal = octalText(pair.value);
        if (octal !== undefined) {
          modes.add(pair.value);
          const message = `A mode must be quoted: YAML reads ${octal} as the number ${String(pair.value.value)}.`;
          say(pair.value, message, `Write mode: "${octal.replace('0o', '0')}".`);
        }
      }
      return undefined;
    },
    Scalar: (_key, node) => {
      if (typeof node.value !== 'number' || modes.has(node)) return;
      if (!Number.isFinite(node.value)) say(node, 'Infinity and "not a number" are no values here.');
      else if (isOddlyWritten(node)) {
        const message = `YAML reads ${String(node.source)} as the number ${String(node.value)}.`;
        say(node, message, `Write it as ${String(node.value)}, or in quotes if it is a text.`);
      }
    },
  });
  return out;
}

/** Zeros in front, octal, hexadecimal, exponents: what is meant by them differs from person to person. */
function isOddlyWritten({ source = '' }: Scalar): boolean {
  return !/^[-+]?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(source);
}

function octalText(scalar: Scalar): string | undefined {
  return typeof scalar.value === 'number' && /^0o?[0-7]+$/.test(scalar.source ?? '') ? scalar.source : undefined;
}

/** Why the aliases could not be followed: one names nothing, or together they are too many. */
export function aliasTrouble(document: Document): Trouble {
  const anchors = new Set<string>();
  let first: number | undefined;
  let trouble: Trouble | undefined;
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

/** What the parser calls it, in words that say what to do. */
const SYNTAX: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  DUPLICATE_KEY: [
    'The same key stands here twice.',
    'Keep one of them; several conditions of one kind go into a list.',
  ],
  TAB_AS_INDENT: ['A tab is used to indent, which YAML does not allow.', 'Indent with spaces.'],
  MULTIPLE_DOCS: ['The file holds several documents (---).', 'Keep one.'],
};

export function syntaxTrouble(error: YAMLError, text: string): Trouble {
  const offset = error.pos[0];
  const [message, hint] = SYNTAX[error.code] ?? [`${error.message.replace(/\.$/, '')}.`, hintFor(error, text)];
  return { offset, message, hint };
}

function hintFor(error: YAMLError, text: string): string {
  const offset = error.pos[0];
  if (text[offset] === '*' || error.code === 'BAD_ALIAS') return 'A text that begins with "*" or "&" must be quoted.';
  if (lineAt(text, offset).includes('\t')) return 'There is a tab in this line: indent with spaces.';
  return 'Look at the indentation and the quotes of this line and the one before.';
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? undefined : end);
}
