import { createLogUpdate } from 'log-update';
import { coloursOfStdout } from '../output/colours.ts';
import type { Tally } from './tally.ts';
import type { Truth } from './truth.ts';

export interface Picture {
  tally: Tally;
  truth: Truth;
  /** Since the writers began, in milliseconds. */
  elapsedMs: number;
  /** Until when the demo runs, in milliseconds since the writers began; undefined = until Ctrl-C. */
  endsMs: number | undefined;
  phase: string;
}

export interface View {
  /** Something that a person should read once. */
  say: (line: string) => void;
  /** The present state; drawn in place on a terminal, as a line now and then in a pipe. */
  show: (picture: Picture) => void;
  end: () => void;
}

/** In a pipe, at most one line in this time. */
const PLAIN_MS = 1000;

const ms = (value: number | undefined): string => (value === undefined ? '–' : `${Math.round(value)} ms`);
const seconds = (value: number): string => `${(value / 1000).toFixed(0)} s`;
const count = (value: number): string => value.toLocaleString('en');

/** One plain line a second, and only when something changed. */
export function plainView(write: (text: string) => void): View {
  let last = '';
  let nextMs = 0;
  return {
    say: (line) => write(`${line}\n`),
    show: ({ tally, truth, elapsedMs }) => {
      const state = `written ${truth.written}  settling ${tally.settling}  locked ${tally.locked}  failed ${tally.failed}  stream ${tally.stream}  latency p50 ${ms(tally.latency(0.5))} p99 ${ms(tally.latency(0.99))}`;
      // A new phase starts its time at zero.
      if (elapsedMs + PLAIN_MS < nextMs) nextMs = 0;
      if (state === last || elapsedMs < nextMs) return;
      last = state;
      nextMs = elapsedMs + PLAIN_MS;
      write(`${seconds(elapsedMs).padStart(6)}  ${state}\n`);
    },
    end: () => undefined,
  };
}

/** A picture that is drawn in place. */
export function liveView(out: NodeJS.WriteStream): View {
  const update = createLogUpdate(out);
  const width = (): number => Math.min(out.columns || 80, 100);
  return {
    say: (line) => {
      update.clear();
      out.write(`${line}\n`);
    },
    show: (picture) => update(draw(picture, width())),
    end: () => update.done(),
  };
}

/** The live picture as text, `width` columns wide. */
export function draw({ tally, truth, elapsedMs, endsMs, phase }: Picture, width: number): string {
  const pc = coloursOfStdout();
  const stream = tally.stream === 'watching' ? pc.green('● watching') : pc.yellow(`○ ${tally.stream}`);
  const time =
    endsMs === undefined ? `${seconds(elapsedMs)}, Ctrl-C ends` : `${seconds(elapsedMs)} of ${seconds(endsMs)}`;
  const total = Math.max(1, truth.written);
  const bar = (part: number, paint: (text: string) => string): string => {
    const cells = Math.round((Math.min(part, total) / total) * (width - 32));
    return paint('█'.repeat(cells)) + pc.dim('·'.repeat(Math.max(0, width - 32 - cells)));
  };
  const row = (label: string, value: number, paint: (text: string) => string): string =>
    `  ${label.padEnd(12)}${count(value).padStart(8)}  ${bar(value, paint)}`;
  const lines = [
    `${pc.bold('qwarden')}  ${stream}  ${pc.dim(phase)}  ${pc.dim(time)}`,
    '',
    row('written', truth.written, pc.blue),
    row('removed', truth.removed, pc.dim),
    row('settling', tally.settling, pc.yellow),
    row('locked', tally.locked, pc.green),
    row('failed', tally.failed, pc.red),
    '',
    `  latency, due to confirmed: p50 ${ms(tally.latency(0.5))}, p99 ${ms(tally.latency(0.99))}   stream restarts: ${tally.streamRestarts}`,
    '',
    ...tally.recent.map(({ path, until }) => `  ${pc.green('✓')} ${fit(path, width - 33)} ${pc.dim(`until ${until}`)}`),
  ];
  return lines.join('\n');
}

function fit(path: string, columns: number): string {
  return path.length <= columns ? path.padEnd(columns) : `…${path.slice(path.length - columns + 1)}`;
}
