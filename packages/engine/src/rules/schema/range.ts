import { RuleTextError } from '../text-error.ts';

/** What a comparison leaves open is null. */
export interface Bounds<T> {
  readonly low: T | null;
  readonly high: T | null;
  readonly lowIn: boolean;
  readonly highIn: boolean;
}

const COMPARISON = /^(>=|<=|>|<|=)?\s*(.+)$/s;

/**
 * Reads `>= X`, `> X`, `< X`, `<= X`, `= X`, `X` (the same), and `X..Y` with both ends in.
 * @throws RuleTextError, also from `read`
 */
export function parseRange<T extends number | bigint>(text: string, read: (text: string) => T): Bounds<T> {
  const asked = text.trim();
  const dots = asked.indexOf('..');
  if (dots >= 0) {
    const low = read(asked.slice(0, dots));
    const high = read(asked.slice(dots + 2));
    if (low > high) throw new RuleTextError(`The range "${asked}" is empty: it ends before it begins.`);
    return { low, high, lowIn: true, highIn: true };
  }
  const [, sign = '=', rest = ''] = COMPARISON.exec(asked) ?? [];
  if (rest === '') throw new RuleTextError(`"${asked}" is no comparison. Accepted: ">= X", "< X", "X..Y".`);
  const value = read(rest);
  if (sign === '<' && value <= 0)
    throw new RuleTextError(`Nothing is less than ${rest}: "${asked}" would never match.`);
  return {
    low: sign.startsWith('<') ? null : value,
    high: sign.startsWith('>') ? null : value,
    lowIn: sign !== '>',
    highIn: sign !== '<',
  };
}

export function isWithin<T extends number | bigint>(value: T, bounds: Bounds<T>): boolean {
  const { low, high } = bounds;
  if (low !== null && (bounds.lowIn ? value < low : value <= low)) return false;
  return high === null || (bounds.highIn ? value <= high : value < high);
}
