import { RuleTextError } from '../text-error.ts';

export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `10/s`, `100/m`, `1000/h`, `5000/d`.
 * @throws RuleTextError
 */
export function parseRate(text: string): Rate {
  const [, digits = '', unit = ''] = /^(\d{1,9})\s*\/\s*([smhd])$/.exec(text.trim()) ?? [];
  const count = Number(digits);
  if (count < 1) {
    throw new RuleTextError(`The rate "${text.slice(0, 40)}" is none. Accepted: 10/s, 100/m, 1000/h, 5000/d.`);
  }
  return { count, perMs: UNITS[unit] ?? 0 };
}

export function formatRate(rate: Rate): string {
  const unit = Object.keys(UNITS).find((name) => UNITS[name] === rate.perMs) ?? 's';
  return `${rate.count}/${unit}`;
}
