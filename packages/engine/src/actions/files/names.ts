/** The limit of the cluster, in characters (FACTS 3). Should it count bytes after all, it says so itself. */
const LONGEST = 255;
const LONGEST_EXTENSION = 64;

/** What is wrong with a name for a file, in words; undefined when nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'the new name is empty';
  if (name === '.' || name === '..') return `"${name}" is no name for a file`;
  if (name.includes('/'))
    return `the new name "${name}" holds a "/"; the move action takes a file to another directory`;
  if (name.includes('\0')) return 'the new name holds a NUL character';
  if (lengthOf(name) > LONGEST) return `the new name has ${lengthOf(name)} characters, more than ${LONGEST}`;
  return undefined;
}

/** `report.csv`, n = 2: `report (2).csv`. Cut in the stem when it would be too long. */
export function numberedName(name: string, n: number): string {
  const { stem, ext } = split(name);
  const mark = ` (${n})${ext}`;
  const room = LONGEST - lengthOf(mark);
  return `${lengthOf(stem) > room ? Array.from(stem).slice(0, room).join('') : stem}${mark}`;
}

/** Is it the name itself, or the name with a number that {@link numberedName} gave it? */
export function isNameOrNumbered(candidate: string, name: string): boolean {
  if (candidate === name) return true;
  const number = / \((\d{1,4})\)$/.exec(split(candidate).stem)?.[1];
  return number !== undefined && Number(number) >= 2 && numberedName(name, Number(number)) === candidate;
}

function split(name: string): { stem: string; ext: string } {
  const dot = name.lastIndexOf('.');
  // A dot at the beginning hides a file, it begins no extension; and what is that long is none either.
  const at = dot > 0 && lengthOf(name.slice(dot)) <= LONGEST_EXTENSION ? dot : name.length;
  return { stem: name.slice(0, at), ext: name.slice(at) };
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
