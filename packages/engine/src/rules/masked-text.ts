import { type Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, visit } from 'yaml';
import type { ActionCatalog } from './catalog.ts';
import { takesPlain } from './load/known-keys.ts';
import { fileSchema } from './schema/file.ts';
import { isSeed, seedSchema } from './seed/seed.ts';
import { MASK, namesSecret, SECRET_BELOW, withoutSecrets } from './secret-places.ts';

/** A larger file is no longer read by a person, and would take long. */
const LONGEST = 4 * 1024 * 1024;

/**
 * A rule file as it may be shown to strangers: without comments, the paths of URLs, headers, bodies, environments, arguments of programs, what
 * a key or a text calls a secret, and whatever stands where nothing of `catalog` belongs: nobody knows what it was meant for. Undefined when it
 * cannot be read: then nothing of it is safe.
 */
export function maskedRuleText(text: string, catalog: ActionCatalog): string | undefined {
  if (text.length > LONGEST) return undefined;
  const document = parseDocument(text, { keepSourceTokens: false });
  if (document.errors.length > 0) return undefined;
  forgetComments(document);
  const schema = isSeed(topOf(document)) ? seedSchema : fileSchema(catalog);
  visit(document, {
    Scalar(key, node, path) {
      if (key === 'key' || node.value === null || typeof node.value === 'boolean') return;
      if (isSecret(key, path) || !takesPlain(schema, placeOf(path))) node.value = MASK;
      else if (typeof node.value === 'string') node.value = withoutSecrets(node.value);
    },
  });
  return String(document);
}

/** Its keys, without reading what aliases could make endless. */
function topOf({ contents }: Document): unknown {
  if (!isMap(contents)) return undefined;
  return Object.fromEntries(contents.items.flatMap(({ key }) => (isScalar(key) ? [[String(key.value), null]] : [])));
}

type YamlPath = readonly (Document | Node | Pair)[];

function isSecret(key: number | 'value' | null, path: YamlPath): boolean {
  const keys = path.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : []));
  const nearest = keys.at(-1) ?? '';
  if (keys.some((name) => SECRET_BELOW.has(name))) return true;
  if (namesSecret(nearest)) return true;
  // The program itself is no secret: what it is given may be one.
  return nearest === 'command' && key !== 0;
}

/** Where it stands. All items of a list are one place: the schemas do not ask which of them it is. */
function placeOf(path: YamlPath): (string | number)[] {
  return path.flatMap((one): (string | number)[] => {
    if (isPair(one)) return [isScalar(one.key) ? String(one.key.value) : ''];
    return isSeq(one) ? [0] : [];
  });
}

function forgetComments(document: Document): void {
  document.comment = null;
  document.commentBefore = null;
  visit(document, {
    Node(_key, node) {
      node.comment = null;
      node.commentBefore = null;
    },
    Pair(_key, { key }) {
      if (!isScalar(key)) return;
      key.comment = null;
      key.commentBefore = null;
    },
  });
}
