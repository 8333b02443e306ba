import { IniError, type IniErrorPlace } from './errors.ts';
import type { IniEntry } from './entry.ts';

/** Python's MAX_INTERPOLATION_DEPTH. */
const DEEPEST = 10;

interface Context {
  /** Raw value of another key, in the same section or in `[DEFAULT]`. */
  lookUp: (key: string) => string | undefined;
  place: IniErrorPlace;
}

/** Resolves `%(name)s` and `%%` as Python's BasicInterpolation does. Throws IniError. */
export function interpolate(entry: IniEntry, context: Context): string {
  return expand(entry.raw, context, 1);
}

function expand(text: string, context: Context, depth: number): string {
  if (depth > DEEPEST) {
    throw new IniError(
      'interpolation-too-deep',
      context.place,
      `the references %(…)s of ${context.place.key} nest more than ${DEEPEST} deep, or in a circle.`,
      'Write the value out.',
    );
  }
  let out = '';
  let rest = text;
  while (rest !== '') {
    const percent = rest.indexOf('%');
    if (percent < 0) return out + rest;
    out += rest.slice(0, percent);
    rest = rest.slice(percent);
    if (rest.charAt(1) === '%') {
      out += '%';
      rest = rest.slice(2);
      continue;
    }
    const reference = /^%\(([^)]+)\)s/.exec(rest);
    if (!reference?.[1]) throw badPercent(context.place);
    rest = rest.slice(reference[0].length);
    const value = context.lookUp(reference[1]);
    if (value === undefined) throw missingReference(context.place, reference[1]);
    out += value.includes('%') ? expand(value, context, depth + 1) : value;
  }
  return out;
}

/** Then what stands in the value is not repeated. */
function isSecret({ key = '' }: IniErrorPlace): boolean {
  return /PASS|TOKEN|STORE/i.test(key);
}

function badPercent(place: IniErrorPlace): IniError {
  return new IniError(
    'bad-interpolation',
    place,
    `the value of ${place.key} has a single % in it, which in this kind of file starts a reference to another setting.`,
    `Write %% for each % that is meant as it stands${isSecret(place) ? ' (a % in a password becomes %%)' : ''}.`,
  );
}

function missingReference(place: IniErrorPlace, name: string): IniError {
  return new IniError(
    'missing-reference',
    place,
    `the value of ${place.key} refers to ${isSecret(place) ? '%(…)s' : `%(${name})s`}, and there is no such setting.`,
    'Add that setting, or write %% for each % that is meant as it stands.',
  );
}
