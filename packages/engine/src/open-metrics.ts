import type { Metrics, MetricsOptions } from './metrics/metrics.ts';

/** The registry and its library are loaded only where somebody wants to read. */
export async function openMetrics(options: MetricsOptions): Promise<Metrics> {
  const { Metrics: Class } = await import('./metrics/metrics.ts');
  return new Class(options);
}
