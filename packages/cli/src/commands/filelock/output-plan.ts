import { resolve as absolute } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { logOptions } from '../../options/table/filelock.ts';

export interface OutputPlan {
  path: string;
  maxBytes?: number;
  keep: number;
}

/** The file of `--output`. Throws CliError when it is to be rotated and there is none. */
export function planOutput(settings: Pick<Resolved<typeof logOptions>, 'values' | 'origins'>): OutputPlan | undefined {
  const { values, origins } = settings;
  if (values.output !== undefined) {
    const plan: OutputPlan = { path: absolute(values.output), keep: values.outputKeep };
    if (values.outputMaxSize !== undefined) plan.maxBytes = byteCount(values.outputMaxSize);
    return plan;
  }
  if (origins.get('outputMaxSize')?.kind !== 'flag') return undefined;
  throw new CliError('usage', '--output-max-size says when to rotate the file of --output, and there is none.', {
    remedy: 'Add --output FILE.',
  });
}

const sizeUnits: Readonly<Record<string, number>> = { '': 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 };

/** `500k`, `20M`, `1G`; powers of 1024. */
export function byteCount(text: string): number {
  const [, amount = '0', unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(text) ?? [];
  return Number(amount) * (sizeUnits[unit.toLowerCase()] ?? 1);
}
