/** One metric: the registry is made from these rows, and so is its page in the reference. */
export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** A sentence without full stop. */
  readonly help: string;
  /** Each with all values that it can have, or where they come from. None is a path or a text of a user's. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly buckets?: readonly number[];
}

export const metricTable = {
  buildInfo: {
    name: 'qwarden_build_info',
    type: 'gauge',
    help: 'Always 1; its labels say what runs',
    labels: {
      version: 'of qwarden',
      node: 'version of Node.js',
      command: '`monitor` or `filelock`',
      role: '`all`, `watcher` or `worker`',
    },
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
