/** Names and paths: limits and forbidden forms (FACTS 3). */
import type { Unknowns } from '../unknowns.ts';
import { invalidName, nameTooLong, pathTooLong } from './errors.ts';

export const maxNameLength = 255;
export const maxPathLength = 32_760;

const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

const measure = (name: string, unit: Unknowns['nameLengthUnit']): number => {
  if (unit === 'utf8-bytes') return Buffer.byteLength(name, 'utf8');
  return unit === 'utf16-units' ? name.length : codePoints(name);
};

/**
 * Refuses '', '.', '..', names with '/' or NUL, and names that are too long. Everything else is a good name: quotes,
 * newlines, emoji, '%2F', lone surrogates.
 */
export const checkName = (name: string, unit: Unknowns['nameLengthUnit']): void => {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0'))
    throw invalidName(name);
  // A UTF-16 unit is at most three bytes of UTF-8 and at least half a code point.
  if (name.length * 3 <= maxNameLength) return;
  if (measure(name, unit) > maxNameLength) throw nameTooLong(maxNameLength);
};

/** The components of an absolute path; '.' stays a name that nothing has, doubled and trailing slashes vanish. */
export const splitPath = (path: string): string[] => {
  if (path.length > maxPathLength && codePoints(path) > maxPathLength) throw pathTooLong(maxPathLength);
  const parts: string[] = [];
  for (const part of path.split('/')) if (part !== '') parts.push(part);
  return parts;
};

/** A name in the directory of this path. @throws FsError when the whole would be too long */
export const checkPathLength = (directory: string, name: string): void => {
  const units = directory.length + name.length;
  if (units > maxPathLength && codePoints(directory) + codePoints(name) > maxPathLength)
    throw pathTooLong(maxPathLength);
};
