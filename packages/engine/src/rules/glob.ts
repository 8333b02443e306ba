import { Minimatch } from 'minimatch';

/** A glob that cannot be used. The message is for people and names the glob. */
export class GlobError extends Error {
  override readonly name = 'GlobError';
  readonly code = 'QWARDEN_GLOB';
}

/** `*` and `?` match dots too; `!`, `#` and `+(…)` mean themselves: file names are full of them. */
const OPTIONS = { dot: true, nocomment: true, nonegate: true, noext: true } as const;
const MAX_LENGTH = 1024;
const MAX_ALTERNATIVES = 256;
const MAGIC = /[*?[\]{}\\]/;

export type Matches = (text: string) => boolean;

/**
 * Compiles a glob once. The common shapes (`*.tmp`, `~$*`, a plain name) become string comparisons, since this runs for every event.
 * With `ignoreCase` the caller passes text in lower case.
 * @throws GlobError when it is empty, too long or expands to too many alternatives: names and patterns are both hostile input.
 */
export function compileGlob(glob: string, options: { ignoreCase?: boolean } = {}): Matches {
  checkGlob(glob);
  const pattern = options.ignoreCase === true ? glob.toLowerCase() : glob;
  return plainShape(pattern) ?? general(pattern);
}

/** @throws GlobError for what {@link compileGlob} refuses, without the cost of compiling. */
export function checkGlob(glob: string): void {
  if (glob === '') throw new GlobError('A glob is empty.');
  if (glob.length > MAX_LENGTH)
    throw new GlobError(`The glob "${glob.slice(0, 40)}…" is longer than ${MAX_LENGTH} characters.`);
  if (glob.includes('\0')) throw new GlobError('A glob holds a NUL character, which no file name can.');
  if (alternatives(glob) > MAX_ALTERNATIVES) {
    throw new GlobError(
      `The glob "${glob.length > 40 ? `${glob.slice(0, 40)}…` : glob}" expands to more than ${MAX_ALTERNATIVES} alternatives; give it in several.`,
    );
  }
}

/** Whether a glob, or a part of one, stands for more than itself. */
export function isMagic(glob: string): boolean {
  return MAGIC.test(glob);
}

function plainShape(glob: string): Matches | undefined {
  if (!MAGIC.test(glob)) return (text) => text === glob;
  const component = /^\*\*\/([^/]+)\/\*\*$/.exec(glob)?.[1];
  if (component !== undefined && !MAGIC.test(component)) {
    const inside = `/${component}/`;
    return (text) => text.startsWith(inside.slice(1)) || text.includes(inside);
  }
  // A single star stands for any text without a slash, and base names have none.
  const [head, tail, more] = glob.split('*');
  if (more !== undefined || head === undefined || tail === undefined) return undefined;
  if (MAGIC.test(head) || MAGIC.test(tail) || glob.includes('/')) return undefined;
  const least = head.length + tail.length;
  return (text) => text.length >= least && text.endsWith(tail) && text.startsWith(head) && !text.includes('/');
}

function general(glob: string): Matches {
  // Compiled when it is first needed: of a hundred thousand rules most never are.
  let compiled: Minimatch | undefined;
  return (text) => {
    compiled ??= new Minimatch(glob, OPTIONS);
    return compiled.match(text);
  };
}

/** Upper bound of what the braces of a glob expand to. */
function alternatives(glob: string): number {
  let product = 1;
  for (const group of glob.split('{').slice(1)) {
    const range = /^(-?\d+)\.\.(-?\d+)/.exec(group);
    product *= range === null ? group.split(',').length : Math.abs(Number(range[2]) - Number(range[1])) + 1;
    if (product > MAX_ALTERNATIVES) return product;
  }
  return product;
}
