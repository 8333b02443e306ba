/** This path or below it. */
export function isBelow(path: string, under: string): boolean {
  const directory = under.endsWith('/') ? under.slice(0, -1) : under;
  return directory === '' || path === directory || path.startsWith(`${directory}/`);
}
