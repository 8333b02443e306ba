import { defaultUnknowns, unknownErrors } from '@qwarden/qumulo-emulator';
import { code, markdownTable } from './markdown.ts';

/** What the page is made of: the text of the emulator's `src/unknowns.ts`, with what stands in it about each constant. */
interface Unknown {
  readonly group: string;
  readonly name: string;
  readonly about: string;
  readonly type: string;
}

/** docs/reference/unknowns.md. Fails when a constant is not found in the text: the page must have them all. */
export function unknownsReference(source: string): string {
  const choices = readChoices(source);
  const values: Readonly<Record<string, unknown>> = defaultUnknowns;
  const missing = Object.keys(values).filter((name) => !choices.some((choice) => choice.name === name));
  if (missing.length > 0) throw new Error(`not found in the source of the unknowns: ${missing.join(', ')}`);
  const groups = Map.groupBy(choices, ({ group }) => group);
  const tables = [...groups].map(([group, rows]) => {
    const cells = rows.map(({ name, about, type }) => [code(name), about, code(shown(name, values[name])), code(type)]);
    return `### ${group}\n\n${markdownTable(['constant', 'question', 'answer here', 'others'], cells)}`;
  });
  const refusals = Object.entries(unknownErrors).map(([name, { status, errorClass }]) => [
    code(name),
    String(status),
    code(errorClass),
  ]);
  return `${introduction}

## Choices

${tables.join('\n\n')}

## Refusals

That these calls are refused is known; with which status or class is not.

${markdownTable(['constant', 'status', 'class'], refusals)}
`;
}

/** A heading `// ---- words (FACTS 3)` opens a group; a comment stands above its constants, which share it until the next one. */
function readChoices(source: string): Unknown[] {
  const body = source.slice(source.indexOf('export type Unknowns'), source.indexOf('export const defaultUnknowns'));
  const found: Unknown[] = [];
  let group = '';
  let about = '';
  let isFresh = false;
  for (const [, head, comment, name, type] of body.matchAll(
    /\/\/ -{4} (.+)|\/\*\*([\s\S]*?)\*\/|readonly (\w+):\s*([^;]+);/g,
  )) {
    if (head !== undefined) group = upperFirst(head);
    else if (comment !== undefined) {
      about = plain(comment);
      isFresh = true;
    } else if (name !== undefined && type !== undefined) {
      // A refusal needs no comment of its own, and is not meant by that of the constant before it.
      found.push({
        group,
        name,
        about: isFresh || type !== 'ErrorChoice' ? about : 'How it is refused.',
        type: plain(type),
      });
      isFresh = false;
    }
  }
  return found;
}

const plain = (text: string): string =>
  text
    .replaceAll(/\s*\n\s*\*?\s*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function shown(name: string, value: unknown): string {
  if (typeof value === 'number' && name.endsWith('Mode')) return `0o${value.toString(8)}`;
  return typeof value === 'string' ? value || "''" : JSON.stringify(value);
}

const introduction = `# What is unknown of the cluster's API, constant by constant

Made from \`packages/qumulo-emulator/src/unknowns.ts\` by \`scripts/generate-docs.mjs\`; do not edit. What it means, and what qwarden itself does about it: [unknowns](../explanation/unknowns.md).`;
