import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type MetricRow, metricTable, type MetricTable } from './table.ts';

type Labels<R extends MetricRow> = R extends { readonly labels: infer L } ? Extract<keyof L, string> : never;
type Made<R extends MetricRow> = R extends { readonly type: 'counter' }
  ? Counter<Labels<R>>
  : R extends { readonly type: 'gauge' }
    ? Gauge<Labels<R>>
    : Histogram<Labels<R>>;

export type MadeMetrics = { readonly [K in keyof MetricTable]: Made<MetricTable[K]> };

/** Every metric of the table; each is to be read in the registry that this one says, or nowhere. */
export function makeMetrics(registryOf: (row: MetricRow) => Registry | undefined): MadeMetrics {
  const made = Object.entries<MetricRow>(metricTable).map(([key, row]) => [key, make(row, registryOf(row))]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each is made from the row of its key
  return Object.fromEntries(made) as MadeMetrics;
}

function make({ name, type, help, labels = {}, buckets }: MetricRow, registry: Registry | undefined) {
  const registers = registry === undefined ? [] : [registry];
  const options = { name, help, labelNames: Object.keys(labels), registers };
  if (type === 'counter') return new Counter(options);
  if (type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, buckets: [...(buckets ?? [])] });
}
