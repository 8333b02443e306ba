/** Name of a file that an action is still making: no rule is for it until it gets its own name. */
export function partialName(hash: string): string {
  return `.qwarden-${hash}.partial`;
}

const PARTIAL = /\/\.qwarden-[0-9a-f]{16}\.partial$/;

/** Is it the path of such a file, of this qwarden or of another one? */
export function isPartialPath(path: string): boolean {
  return path.endsWith('.partial') && PARTIAL.test(path);
}
