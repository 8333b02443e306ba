import { createLogUpdate } from 'log-update';
import { coloursOfStdout } from '../output/colours.ts';
import type { Tally } from './tally.ts';
import type { Truth } from './truth.ts';

export interface Picture {
  tally: Tally;
  truth: Truth;
  /** Notifications that the demo's own receiver has got. */
  received: number;
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
    show: ({ tally, truth, received, elapsedMs }) => {
      const state = [
        `written ${truth.written}`,
        `waiting ${tally.waiting}`,
        `locked ${tally.locked.size}`,
        `quarantined ${tally.quarantined.size}`,
        `renamed ${tally.renamed.size}`,
        `read-only ${tally.readOnly.size}`,
        `notified ${received}`,
        `failed ${tally.failed}`,
        `own effects ${tally.ownEffects}`,
        `rules ${rulesOf(tally)}`,
        `stream ${tally.stream}`,
        `latency p50 ${ms(tally.latency(0.5))} p99 ${ms(tally.latency(0.99))}`,
      ].join('  ');
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
export function draw({ tally, truth, received, elapsedMs, endsMs, phase }: Picture, width: number): string {
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
  const few = [
    `quarantined ${pc.magenta(count(tally.quarantined.size))}`,
    `notified ${pc.magenta(count(received))}`,
    `renamed ${pc.cyan(count(tally.renamed.size))}`,
    `read-only ${pc.cyan(count(tally.readOnly.size))}`,
    `own effects recognised ${pc.cyan(count(tally.ownEffects))}`,
  ];
  const lines = [
    `${pc.bold('qwarden')}  ${stream}  ${pc.dim(phase)}  ${pc.dim(time)}`,
    '',
    row('written', truth.written, pc.blue),
    row('removed', truth.removed, pc.dim),
    row('waiting', tally.waiting, pc.yellow),
    row('locked', tally.locked.size, pc.green),
    row('failed', tally.failed, pc.red),
    '',
    `  ${few.join('   ')}`,
    `  rules ${rulesOf(tally)}`,
    `  latency, due to done: p50 ${ms(tally.latency(0.5))}, p99 ${ms(tally.latency(0.99))}   stream restarts: ${tally.streamRestarts}`,
    '',
    ...[...tally.recentLocks, ...tally.recentOthers].map(
      ({ path, what }) => `  ${pc.green('✓')} ${end(path, 34)} ${pc.dim(beginning(what, width - 40))}`,
    ),
  ];
  return lines.join('\n');
}

function rulesOf({ rules, reloads, refusals }: Tally): string {
  if (rules === undefined) return 'none';
  return `${rules.hash.slice(0, 12)} (${rules.count} rules, ${reloads} reloaded, ${refusals} refused)`;
}

/** The end of a path tells more than its beginning. */
function end(path: string, columns: number): string {
  return path.length <= columns ? path.padEnd(columns) : `…${path.slice(path.length - columns + 1)}`;
}

function beginning(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
