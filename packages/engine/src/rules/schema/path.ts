import { checkGlob } from '../glob.ts';
import { RuleTextError } from '../text-error.ts';

/**
 * An absolute directory, without a slash at the end.
 * @throws RuleTextError
 */
export function parseDirectory(text: string): string {
  if (!text.startsWith('/')) {
    throw new RuleTextError(`The directory "${text}" is not absolute: begin it with "/", as the cluster shows it.`);
  }
  checkSegments(text, 'directory');
  return text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;
}

/**
 * A glob that can meet an absolute path.
 * @throws RuleTextError, GlobError
 */
export function checkPathGlob(glob: string): void {
  checkGlob(glob);
  if (!/^[/{[?*]/.test(glob)) {
    throw new RuleTextError(
      `The path "${glob}" can never match: paths are absolute. Begin it with "/", or with "**/" for any directory.`,
    );
  }
  if (glob.length > 1 && glob.endsWith('/')) {
    throw new RuleTextError(
      `The path "${glob}" can never match: no path ends in "/". "${glob}**" is all that is below it.`,
    );
  }
  checkSegments(glob, 'path');
}

function checkSegments(text: string, what: string): void {
  if (text.includes('\0')) throw new RuleTextError(`A ${what} holds a NUL character, which no file name can.`);
  if (text.includes('//')) throw new RuleTextError(`The ${what} "${text}" holds "//".`);
  if (/(^|\/)\.{1,2}(\/|$)/.test(text)) {
    throw new RuleTextError(`The ${what} "${text}" holds "." or "..", which no path of an event does.`);
  }
}
