export const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * The format of Prometheus as OpenMetrics has it: a counter's family is named without `_total`, no empty lines, and an end that tells a whole
 * answer from a piece of one. (The library's own way renames the counters for good, so that it can serve one of the two formats only.)
 */
export function toOpenMetrics(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const counters = new Set(lines.flatMap((line) => /^# TYPE (\S+)_total counter$/.exec(line)?.[1] ?? []));
  const renamed = lines.map((line) =>
    line.replace(/^(# (?:TYPE|HELP) )(\S+)_total /, (whole, start: string, name: string) =>
      counters.has(name) ? `${start}${name} ` : whole,
    ),
  );
  return `${renamed.join('\n')}\n# EOF\n`;
}

/** What somebody who sends this `Accept` is given. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  return accept?.includes('application/openmetrics-text') ?? false;
}
