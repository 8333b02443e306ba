import type { OptionTable } from '../options/definition.ts';
import type { Origin } from '../options/origin.ts';
import { describeSettings } from '../options/show-config.ts';
import { writeTo } from '../process/streams.ts';
import { tableLines } from './table.ts';

interface Settings {
  values: Readonly<Record<string, unknown>>;
  origins: ReadonlyMap<string, Origin>;
}

/** `--show-config`. */
export function printSettings(table: OptionTable, settings: Settings, format: 'table' | 'json' | 'csv'): void {
  const shown = describeSettings(table, settings);
  if (format === 'json') {
    writeTo(process.stdout, `${JSON.stringify(shown, undefined, 2)}\n`);
    return;
  }
  const rows = shown.map(({ setting, value, from }) => [setting, textOf(value), from]);
  for (const line of tableLines(['SETTING', 'VALUE', 'FROM'], rows)) writeTo(process.stdout, line);
}

function textOf(value: unknown): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
