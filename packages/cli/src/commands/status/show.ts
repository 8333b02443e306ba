import { createLogUpdate } from 'log-update';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { storeDirs } from '../../look/stores.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { statusOptions } from '../../options/table/status.ts';
import { onReaderGone, writeTo } from '../../process/streams.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { statusOf, type StoreStatus } from './gather.ts';
import { statusLine, statusLines } from './words.ts';

const EVERY_MS = 1000;

/** `qwarden status`. */
export async function showStatus(values: ValuesOf<typeof statusOptions>): Promise<ExitCode> {
  const stateDirs = storeDirs(values.store);
  const look = () => Promise.all(stateDirs.map(statusOf));
  if (!values.watch || stateDirs.length === 0) {
    const statuses = await look();
    writeTo(process.stdout, values.json ? `${JSON.stringify(statuses, undefined, 2)}\n` : textOf(statuses));
    return exitCodeOf(statuses);
  }
  const stop = stopOnSignals(() => undefined);
  const gone = new AbortController();
  onReaderGone(() => gone.abort());
  const signal = AbortSignal.any([stop.signal, gone.signal]);
  try {
    return await stay(look, signal, values.json);
  } finally {
    stop.release();
  }
}

/** Until the signal aborts. A monitor that is just ending or starting is no reason to go. */
async function stay(
  look: () => Promise<readonly StoreStatus[]>,
  signal: AbortSignal,
  json: boolean,
): Promise<ExitCode> {
  const live = canRedraw() && !json ? createLogUpdate(process.stdout) : undefined;
  let last = '';
  let statuses: readonly StoreStatus[] = [];
  while (!signal.aborted) {
    try {
      statuses = await look();
      const lines = json ? JSON.stringify(statuses) : statuses.map((status) => oneLine(statusLine(status))).join('\n');
      if (live !== undefined) live(textOf(statuses));
      else if (lines !== last) writeTo(process.stdout, `${lines}\n`);
      last = lines;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (live === undefined) writeTo(process.stderr, `qwarden: ${oneLine(error.message)}\n`);
      else live(error.message);
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  live?.done();
  return exitCodeOf(statuses);
}

/** A terminal that says how large it is: where nobody knows, nothing of a picture would be shown. */
function canRedraw(): boolean {
  const { isTTY, rows, columns } = process.stdout;
  return isTTY && rows > 0 && columns > 0 && process.env.TERM !== 'dumb';
}

function textOf(statuses: readonly StoreStatus[]): string {
  const blocks = statuses.map((status) =>
    statusLines(status, Date.now())
      .map((line) => `${oneLine(line)}\n`)
      .join(''),
  );
  return blocks.join('\n');
}

function exitCodeOf(statuses: readonly StoreStatus[]): ExitCode {
  const works = (status: StoreStatus) => status.running || status.heldBy !== undefined;
  return statuses.some(works) ? ExitCode.ok : ExitCode.incomplete;
}
