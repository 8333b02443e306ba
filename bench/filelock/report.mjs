// The results as tables for people. Every aim stands beside what was reached.
export const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
export const range = ({ median, least, most }, digits = 0) =>
  `${number(median, digits)} (${number(least, digits)}–${number(most, digits)})`;

const percent = ({ median, most }) => `${number(median * 100)}, at most ${number(most * 100)}`;

export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return [line(rows[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.slice(1).map(line)].join('\n');
}

/** Aims of the throughput measurement by added latency: at least so many times (b), (c), (d). */
const AIMS = { 0: { serial: 8, aiohttp: 1.5, ceiling: 0.5 }, 5: { serial: 100, ceiling: 0.5 } };

function throughputText(result) {
  const aims = AIMS[result.delayMs] ?? {};
  const rows = [['locks/s, both sides over TLS', 'median (range)', 'qwarden is', 'aim', '', 'cluster CPU µs/call']];
  for (const [key, side] of Object.entries(result.sides)) {
    const ratio = result.ratios?.[key];
    rows.push([
      side.name,
      range(side.perSecond),
      ratio === undefined ? '' : `${number(ratio, 2)} ×`,
      aims[key] === undefined ? '' : `≥ ${aims[key]} ×`,
      aims[key] === undefined || ratio === undefined ? '' : verdict(ratio >= aims[key]),
      range(side.clusterCpuUs),
    ]);
  }
  return [
    `Retention locks a second, ${result.delayMs} ms added to every call (machine ${percent(result.busyBefore)} % busy with other things before each)`,
    table(rows),
    ...(result.qwarden === undefined ? [] : [ownText(result.qwarden)]),
  ].join('\n');
}

function ownText({ cpuUs, fromFirstFile, peakInFlight }) {
  return [
    `qwarden: ${range(cpuUs)} µs of CPU a file, ${range(peakInFlight)} calls in flight at most,`,
    `${range(fromFirstFile)} locks/s counted from the creation of the first file`,
  ].join(' ');
}

function latencyText(result) {
  const { p50, p99, most, aims, roundTripMs } = result;
  return [
    `From the creation of a file to its confirmed retention lock: ${result.perSecond} files/s, ${result.delayMs} ms added; a round trip is ${number(roundTripMs, 2)} ms`,
    table([
      ['', 'ms', 'round trips', 'aim, ms', ''],
      [
        'p50',
        range(p50, 1),
        number(p50.median / roundTripMs, 2),
        `≤ ${number(aims.p50Ms, 1)}`,
        verdict(p50.median <= aims.p50Ms),
      ],
      [
        'p99',
        range(p99, 1),
        number(p99.median / roundTripMs, 2),
        `≤ ${number(aims.p99Ms, 1)}`,
        verdict(p99.median <= aims.p99Ms),
      ],
      ['longest', range(most, 1), number(most.median / roundTripMs, 2), '', ''],
    ]),
  ].join('\n');
}

function burstText({ files, clients, lost, writtenMs, lockedMs, delayMs }) {
  return [
    `Bursts of ${number(files)} files from ${clients} clients, ${delayMs} ms added: ${lost} lost (aim: 0) ${verdict(lost === 0)}`,
    `written within ${range(writtenMs)} ms, all locked ${range(lockedMs)} ms after the first was begun`,
  ].join('\n');
}

function memoryText({ files, locked, startMb, peakMb, seconds, perSecond }) {
  return [
    `Memory: ${number(locked)} of ${number(files)} files locked in ${number(seconds)} s (${number(perSecond)}/s)`,
    `qwarden at most ${number(peakMb)} MB resident (${number(startMb)} MB when it began to listen); aim ≤ 400 MB ${verdict(peakMb <= 400 && locked === files)}`,
  ].join('\n');
}

export const verdict = (reached) => (reached ? 'reached' : 'MISSED');

export function report(results) {
  const parts = [
    `${results.machine}; median (range) of ${results.rounds} interleaved rounds`,
    ...results.throughput.map(throughputText),
    ...(results.latency === undefined ? [] : [latencyText(results.latency)]),
    ...(results.burst === undefined ? [] : [burstText(results.burst)]),
    ...(results.memory === undefined ? [] : [memoryText(results.memory)]),
  ];
  return `${parts.join('\n\n')}\n`;
}
