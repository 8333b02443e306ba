import type { OptionTable } from './definition.ts';
import { flagOf } from './definition.ts';
import { type Origin, placeOf } from './origin.ts';

const MASK = '********';

/** One row of `--show-config`. */
export interface ShownSetting {
  /** The flag without dashes. */
  setting: string;
  /** `null` when nobody set it and there is no fixed default; secrets are masked. */
  value: unknown;
  /** `flag --x`, `environment QWARDEN_X`, `FILE:LINE`, `default`, `not set`. */
  from: string;
}

interface Settings {
  values: Readonly<Record<string, unknown>>;
  origins: ReadonlyMap<string, Origin>;
}

/** Every setting that a file or a variable could have set, in the order of the table. */
export function describeSettings(table: OptionTable, settings: Settings): ShownSetting[] {
  return Object.entries(table)
    .filter(([, option]) => !option.flagOnly)
    .map(([name, option]) => {
      const value = settings.values[name] ?? null;
      const origin = settings.origins.get(name);
      return {
        setting: flagOf(name),
        value: option.secret && value !== null ? MASK : value,
        from: origin ? placeOf(origin) : 'not set',
      };
    });
}
