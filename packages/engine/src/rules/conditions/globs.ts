import { compileGlob, isMagic, type Matches } from '../glob.ts';
import type { Anchors } from './kind.ts';

/** One test for a list of globs. Plain texts are looked up, however many there are. With `ignoreCase` pass text in lower case. */
export function compileGlobs(globs: readonly string[], ignoreCase: boolean): Matches {
  const plain = new Set<string>();
  const others: Matches[] = [];
  for (const glob of globs) {
    if (isMagic(glob)) others.push(compileGlob(glob, { ignoreCase }));
    else plain.add(ignoreCase ? glob.toLowerCase() : glob);
  }
  const [first] = others;
  if (plain.size === 0 && others.length === 1 && first !== undefined) return first;
  if (others.length === 0) return (text) => plain.has(text);
  return (text) => plain.has(text) || others.some((matches) => matches(text));
}

/** What a name must be like for one of the globs to match. */
export function nameAnchors(globs: readonly string[]): Anchors {
  return {
    names: globs.some(isMagic) ? undefined : globs,
    heads: allDefined(globs.map(headOf)),
    extensions: allDefined(globs.map(extensionOf)),
  };
}

/** What a path must be like for one of the globs to match. */
export function pathAnchors(globs: readonly string[]): Anchors {
  const last = globs.map((glob) => glob.slice(glob.lastIndexOf('/') + 1));
  // A last part with a brace may hold the slash of an alternative, and "**" stands for several parts.
  const usable = globs.every((glob) => !/[{}[\]\\]/.test(glob)) && last.every((part) => part !== '**');
  return { prefixes: globs.map(literalDirectory), ...(usable ? nameAnchors(last) : {}) };
}

/** The directory that a path glob cannot leave. */
function literalDirectory(glob: string): string {
  if (!glob.startsWith('/')) return '/';
  const parts = glob.split('/').slice(1, -1);
  const magic = parts.findIndex(isMagic);
  // A brace or a class may hold a slash, which would end a part that looks whole.
  return `/${(magic === -1 ? parts : parts.slice(0, magic)).join('/')}`;
}

function headOf(glob: string): string | undefined {
  const head = /^[^*?[\]{}\\]+/.exec(glob)?.[0];
  return head === undefined || head === '' ? undefined : head;
}

function extensionOf(glob: string): string | undefined {
  const tail = /[^*?[\]{}\\]*$/.exec(glob)?.[0] ?? '';
  const dot = tail.lastIndexOf('.');
  return dot === -1 ? undefined : tail.slice(dot + 1).toLowerCase();
}

function allDefined(texts: readonly (string | undefined)[]): readonly string[] | undefined {
  const out = texts.filter((text) => text !== undefined);
  return out.length === texts.length ? out : undefined;
}
