import type { LogEntry, NewBatch } from '../../queue/port.ts';
import { toPosition } from './partitions.ts';
import { num, pairs, text } from './replies.ts';

const SOURCES = ['stream', 'catch-up', 'walk', 'injected'] as const satisfies readonly NewBatch['source'][];
const MOST_BATCHES = 64;
const MOST_TEXT = 64 * 1024;

/** A batch with its number in the process that appends it. */
export interface NumberedBatch {
  readonly number: number;
  readonly batch: NewBatch;
}

/**
 * Batches that came in the same millisecond, one behind the other, and differ in little: one entry of the stream. Each has an id of its own all
 * the same, `<ms>-<n>`, `<ms>-<n+1>`, …; that of the last one is the entry's.
 */
export interface Pack {
  readonly ms: number;
  readonly batches: readonly NumberedBatch[];
}

/** In their order; `most` batches in one at most. */
export function packsOf(batches: readonly NumberedBatch[], most: number): Pack[] {
  const packs: { ms: number; batches: NumberedBatch[] }[] = [];
  let room = 0;
  for (const one of batches) {
    const { batch } = one;
    const ms = Math.max(0, Math.floor(batch.receivedAt));
    const pack = packs.at(-1);
    const [first] = pack?.batches ?? [];
    room -= batch.raw.length;
    const fits = pack !== undefined && pack.batches.length < Math.min(MOST_BATCHES, most) && room >= 0;
    if (fits && first !== undefined && pack.ms === ms && alike(first.batch, batch)) pack.batches.push(one);
    else {
      packs.push({ ms, batches: [one] });
      room = MOST_TEXT - batch.raw.length;
    }
  }
  return packs;
}

function alike(one: NewBatch, other: NewBatch): boolean {
  return one.epoch === other.epoch && one.source === other.source && one.root === other.root;
}

/** What APPEND wants of a pack. */
export function packArguments({ ms, batches }: Pack): string[] {
  let [about, data, events, bytes] = ['', '', 0, 0];
  for (const { batch } of batches) {
    about += `${about === '' ? '' : '\n'}${batch.receivedAt} ${batch.events} ${batch.raw.length}`;
    data += batch.raw;
    events += batch.events;
    bytes += Buffer.byteLength(batch.raw);
  }
  const last = batches.at(-1);
  const { epoch = 0, root = '', source = 'injected' } = last?.batch ?? {};
  const sums = [last?.number ?? 0, batches.length, ms, events, bytes, epoch].map(String);
  return [...sums, JSON.stringify(root), source, about, data];
}

/** The batches of an entry of the stream, in order. */
export function unpack(partition: number, [id, fields]: readonly unknown[]): LogEntry[] {
  const of = new Map(pairs(fields));
  const { ms, n: last } = toStreamNumbers(text(id));
  const source = SOURCES.find((known) => known === of.get('s')) ?? 'injected';
  const root: string = JSON.parse(of.get('p') ?? '""');
  const epoch = num(of.get('e'));
  const data = of.get('d') ?? '';
  const lines = (of.get('m') ?? '').split('\n');
  let from = 0;
  return lines.map((line, n) => {
    const [receivedAt, events, length] = line.split(' ').map(Number);
    const raw = data.slice(from, from + (length ?? 0));
    from += length ?? 0;
    const position = toPosition(partition, `${ms}-${last - lines.length + 1 + n}`);
    return { position, epoch, receivedAt: receivedAt ?? 0, events: events ?? 0, root, source, raw };
  });
}

/** Milliseconds, and the number among those of the same one. */
export function toStreamNumbers(id: string): { readonly ms: number; readonly n: number } {
  const dash = id.indexOf('-');
  return dash < 0 ? { ms: Number(id), n: 0 } : { ms: Number(id.slice(0, dash)), n: Number(id.slice(dash + 1)) };
}
