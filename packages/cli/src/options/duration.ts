/** What {@link durationMs} reads. */
export const duration = /^\d+(\.\d+)?(ms|s|m|h|d)?$/;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, '': 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `1.5h`, `7d`, `250ms`; a bare number is seconds. */
export function durationMs(text: string): number {
  const [, amount = '0', unit = ''] = /^([\d.]+)([a-z]*)$/.exec(text) ?? [];
  return Math.round(Number(amount) * (units[unit] ?? 0));
}
