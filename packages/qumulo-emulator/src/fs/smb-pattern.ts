/** SMB wildcards as in MS-FSA 2.1.4.4: `*`, `?`, and the DOS forms `<`, `>`, `"`. Case-insensitive. */

const dosStar = '<';
const dosQuestion = '>';
const dosDot = '"';

/** A test for names. `*` alone matches all, as does `*.*`. */
export const smbMatcher = (pattern: string): ((name: string) => boolean) => {
  if (pattern === '' || pattern === '*' || pattern === '*.*') return () => true;
  const wanted = pattern.toUpperCase();
  return (name) => matches(wanted, 0, name.toUpperCase(), 0);
};

const matches = (pattern: string, p: number, name: string, n: number): boolean => {
  let [pi, ni, starPattern, starName] = [p, n, -1, -1];
  while (ni < name.length) {
    const wanted = pattern[pi];
    if (wanted === '*') {
      starPattern = pi++;
      starName = ni;
    } else if (wanted === dosStar) {
      // Matches up to the last dot, so what follows it is tried at every place.
      for (let at = ni; at <= name.length; at += 1) if (matches(pattern, pi + 1, name, at)) return true;
      return false;
    } else if (wanted !== undefined && fits(wanted, name[ni])) {
      pi += 1;
      ni += 1;
    } else if (wanted === dosQuestion && name[ni] === '.') {
      pi += 1;
    } else if (starPattern >= 0) {
      pi = starPattern + 1;
      ni = ++starName;
    } else {
      return false;
    }
  }
  while (pi < pattern.length && ['*', dosStar, dosQuestion, dosDot].includes(pattern[pi] ?? '')) pi += 1;
  return pi === pattern.length;
};

const fits = (wanted: string, character: string | undefined): boolean => {
  if (wanted === '?') return true;
  if (wanted === dosQuestion) return character !== '.';
  return wanted === dosDot ? character === '.' : wanted === character;
};
