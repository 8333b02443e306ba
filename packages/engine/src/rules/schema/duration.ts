import { RuleTextError } from '../text-error.ts';

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];
const MS = new Map(UNITS);
const FORM = /^(?:\d+(?:\.\d+)?\s*(?:ms|[smhdw])\s*)+$/;
const PART = /(\d+(?:\.\d+)?)\s*(ms|[smhdw])/g;
const ACCEPTED = 'Accepted: 250ms, 15s, 2m (minutes), 1h30m, 7d, 2w, 0s.';
/** A hundred years. */
const MOST_MS = 36_525 * 86_400_000;

/**
 * Reads `15s`, `2m` (minutes), `1h30m`, `7d`. A number without a unit is refused: seconds to one person are minutes to another.
 * @throws RuleTextError
 */
export function parseDuration(text: string): number {
  const asked = text.trim();
  if (!FORM.test(asked)) {
    const why = /^\d+(\.\d+)?$/.test(asked) ? `has no unit: ${asked}s, ${asked}m (minutes) or ${asked}h?` : 'is none.';
    throw new RuleTextError(`The duration "${shown(asked)}" ${why} ${ACCEPTED}`);
  }
  let ms = 0;
  for (const [, amount, unit] of asked.matchAll(PART)) ms += Number(amount) * (MS.get(unit ?? '') ?? 0);
  if (ms > MOST_MS) throw new RuleTextError(`The duration "${shown(asked)}" is longer than a hundred years.`);
  return Math.round(ms);
}

/** The shortest text that {@link parseDuration} reads as so many milliseconds: `90s` is `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  let out = '';
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) out += `${amount}${unit}`;
  }
  return out;
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
