/** Middle of a list; mean of the two middle ones for an even count. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The value below which `share` (0 to 1) of the list lies; nearest rank. */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/** Of one number out of each round: what a table shows. */
export function spread(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values), values };
}
