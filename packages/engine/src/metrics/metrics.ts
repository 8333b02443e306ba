import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { MonitorEvent } from '../monitor/events.ts';
import type { MonitorRole } from '../monitor/engine.ts';
import { metricTable } from './table.ts';

export interface MetricsOptions {
  readonly version: string;
  readonly command: 'monitor' | 'filelock';
  readonly role: MonitorRole;
}

/** The numbers of one run. Knows what it is told, and asks the engine when somebody wants to read. */
export class Metrics {
  readonly #registry = new Registry();

  constructor({ version, command, role }: MetricsOptions) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    const { name, help, labels } = metricTable.buildInfo;
    const buildInfo = new Gauge({ name, help, labelNames: Object.keys(labels), registers });
    buildInfo.set({ version, node: process.version, command, role }, 1);
  }

  told(_event: MonitorEvent): void {
    // Counted from here on.
  }

  async text(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
