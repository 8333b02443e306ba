/** `ENOENT`, `EACCES`, … of an error from the operating system; `undefined` for every other value. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
