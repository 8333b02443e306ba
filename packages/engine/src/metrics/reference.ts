import { type MetricRow, metricTable } from './table.ts';

const FROM = { watcher: 'watchers', store: 'the store', process: 'every process' } as const;

/** docs/reference/metrics.md. */
export function metricsReference(): string {
  const rows = Object.values<MetricRow>(metricTable);
  const cells = rows.map((row) => {
    const labels = Object.entries(row.labels ?? {}).map(([name, values]) => `\`${name}\`: ${values}`);
    return `| \`${row.name}\` | ${row.type} | ${FROM[row.from ?? 'process']} | ${row.help}. | ${labels.join('; ')} |`;
  });
  const buckets = rows
    .filter(({ type }) => type === 'histogram')
    .map(({ name, buckets: bounds = [] }) => `- \`${name}\`: ${bounds.join(', ')}`);
  return `${introduction}

| metric | type | from | meaning | labels |
|---|---|---|---|---|
${cells.join('\n')}

Upper bounds of the histograms, in seconds:

${buckets.join('\n')}
`;
}

const introduction = `# Metrics

Made from the table in \`packages/engine/src/metrics/table.ts\` by \`scripts/generate-docs.mjs\`; do not edit.

\`qwarden monitor\` and \`qwarden filelock\` serve them at \`/metrics\` where \`--listen\` says ([health.md](../explanation/health.md)), in the text format of Prometheus, or as OpenMetrics to whoever
asks for it by \`Accept\`. With \`--listen-token\` a scraper has to send it (\`authorization: { credentials_file: … }\` in a scrape configuration). Alerts that use them are in
[\`deploy/prometheus\`](../../deploy/prometheus), a dashboard in [\`deploy/grafana\`](../../deploy/grafana): [how to observe](../how-to/observe.md).

- Every process has its own: with Redis a watcher and each worker is a target of its own. Counters add up over them (\`sum\`).
- What comes from **the store** is about the queue as a whole: processes that share a Redis say the same, so take \`max\` of them and not \`sum\`. These metrics are missing while the store does not
  answer within two seconds; \`qwarden_store_up\` is 0 then.
- What comes from **watchers** a worker does not have.
- No label is a path, a file name, a host, the name of a rule or of an action of your own: they may be confidential, and nothing bounds how many there are. \`qwarden status\`, \`jobs\`, \`dead\` and
  \`why\` tell of each rule and file.
- Beside these there are \`process_…\` and \`nodejs_…\`: memory, CPU time, open files, garbage collection, and how late the event loop runs (\`nodejs_eventloop_lag_…\`).`;
