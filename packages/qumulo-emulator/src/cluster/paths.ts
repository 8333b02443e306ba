/** A path as exports and shares keep it: absolute, without a slash at the end. Throws what `refuse` makes of any other. */
export function absolutePath(path: string, refuse: (path: string) => Error): string {
  if (!path.startsWith('/')) throw refuse(path);
  return path === '/' ? path : path.replace(/\/+$/, '') || '/';
}
