import { RuleTextError } from '../text-error.ts';

const POWERS = ['', 'k', 'm', 'g', 't', 'p', 'e'];
const FORM = /^(\d+(?:\.\d+)?)\s*([kmgtpe]?)(i?)(b?)$/i;
const ACCEPTED = 'Accepted: 0, 512B, 10kB (1000), 10KiB (1024), 1.5MiB, 2GB, 1TiB.';

/**
 * Bytes of `10MiB` (1024 based), `2GB` (1000 based), `512B`, `512`. `10M` alone is refused: tools disagree on what it means.
 * @throws RuleTextError
 */
export function parseSize(text: string): bigint {
  const asked = text.trim();
  const [, amount, power = '', binary, unit] = FORM.exec(asked) ?? [];
  if (amount === undefined || (binary !== '' && power === '')) {
    throw new RuleTextError(`The size "${asked.slice(0, 40)}" is none. ${ACCEPTED}`);
  }
  if (power !== '' && unit === '') {
    const letter = power.toUpperCase();
    throw new RuleTextError(
      `The size "${asked}" is not clear: ${amount}${letter}iB (1024 based) or ${amount}${letter}B (1000 based)?`,
    );
  }
  const factor = BigInt(binary === '' ? 1000 : 1024) ** BigInt(POWERS.indexOf(power.toLowerCase()));
  const [whole = '0', fraction = ''] = amount.split('.');
  if (whole.length + fraction.length > 30) throw new RuleTextError(`The size "${asked.slice(0, 40)}…" is no size.`);
  return (BigInt(whole + fraction) * factor) / 10n ** BigInt(fraction.length);
}
