import { type Document, isPair, isScalar, type Node, type Pair, parseDocument, visit } from 'yaml';
import { MASK, namesSecret, SECRET_BELOW, withoutUrls } from './secret-places.ts';

/** A larger file is no longer read by a person, and would take long. */
const LONGEST = 4 * 1024 * 1024;

/**
 * A rule file as it may be shown to strangers: without comments, the paths of URLs, headers, bodies, environments, arguments of programs, what
 * a key calls a secret, and everything that is given to actions other than `known`. Undefined when it cannot be read: then nothing of it is safe.
 */
export function maskedRuleText(text: string, known: ReadonlySet<string>): string | undefined {
  if (text.length > LONGEST) return undefined;
  const document = parseDocument(text, { keepSourceTokens: false });
  if (document.errors.length > 0) return undefined;
  forgetComments(document);
  visit(document, {
    Scalar(key, node, path) {
      if (key === 'key' || node.value === null || typeof node.value === 'boolean') return;
      if (isSecret(key, path, known)) node.value = MASK;
      else if (typeof node.value === 'string') node.value = withoutUrls(node.value);
    },
  });
  return String(document);
}

function isSecret(
  key: number | 'value' | null,
  path: readonly (Document | Node | Pair)[],
  known: ReadonlySet<string>,
): boolean {
  const keys = path.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : []));
  const nearest = keys.at(-1) ?? '';
  if (keys.some((name) => SECRET_BELOW.has(name))) return true;
  if (namesSecret(nearest)) return true;
  // The program itself is no secret: what it is given may be one.
  if (nearest === 'command') return key !== 0;
  const step = keys.lastIndexOf('do');
  const action = step === -1 ? undefined : keys[step + 1];
  return action !== undefined && !known.has(action);
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
