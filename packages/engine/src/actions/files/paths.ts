/** Path as we keep it: the API ends those of directories in a slash (FACTS 3). */
export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What is wrong with the path of a directory, in words; undefined when nothing is. Templates in it may stand anywhere. */
export function directoryProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return `"${path}" is not absolute: begin it with "/", as the cluster shows it`;
  if (path.includes('\0')) return 'it holds a NUL character, which no file name can';
  if (path.includes('//')) return `"${path}" holds "//"`;
  if (/(^|\/)\.{1,2}(\/|$)/.test(path)) return `"${path}" holds "." or ".."`;
  return undefined;
}

/** The directory that a template of a path is sure to be in or below, whatever its values. */
export function fixedPart(template: string): string {
  const at = template.indexOf('{{');
  return at < 0 ? withoutSlash(template) : at === 0 ? '/' : directoryOf(template.slice(0, at));
}
