import { CliError } from '../errors/cli-error.ts';
import { flagOf } from './definition.ts';
import { nameOrigin, type Origin } from './origin.ts';
import { compareStrength } from './resolve.ts';

interface Settings {
  values: Record<string, unknown>;
  origins: ReadonlyMap<string, Origin>;
}

/**
 * Of two settings that exclude each other the one from the stronger source stays (`--access-token` over a password in
 * the file); the other is forgotten. Equally strong: CliError, since nobody can know what was meant.
 */
export function onlyOneOf(settings: Settings, first: string, second: string, why: string): void {
  const { values, origins } = settings;
  if (!isSet(values[first]) || !isSet(values[second])) return;
  const [a, b] = [origins.get(first), origins.get(second)];
  const stronger = compareStrength(a, b);
  if (stronger > 0) delete values[second];
  else if (stronger < 0) delete values[first];
  else {
    const kind = a?.kind === 'flag' ? 'usage' : 'config';
    const names = [a, b].map((origin, index) =>
      origin ? nameOrigin(origin) : `--${flagOf(index === 0 ? first : second)}`,
    );
    throw new CliError(kind, `${names.join(' and ')} contradict each other: ${why}.`, { remedy: 'Keep one of them.' });
  }
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}
