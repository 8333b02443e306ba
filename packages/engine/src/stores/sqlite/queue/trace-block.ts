import type { MatchTrace, TraceQuery } from '../../../queue/port.ts';
import { fromStoredText } from '../../stored-text.ts';

/** Hashes of a trace in `names`: its match, file, path, and old path or 0. */
const NAMES = 4;
/** Events of one batch that can be told apart. */
const MOST_EVENTS = 2 ** 20;
/** Place of a match that does not say where in the log it was made: it may be anywhere. */
export const ANYWHERE = Number.MAX_SAFE_INTEGER;

/** A row of `trace_block`, but its number. */
export interface TraceBlockRow {
  readonly first: number;
  readonly last: number;
  /** Places of its matches in the log, the first and the last. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly names: Uint8Array | null;
  /** One line of JSON each. */
  readonly traces: string;
}

/** Gathers the traces of a commit. */
export class TraceBlock {
  readonly #lines: string[] = [];
  readonly #names: number[] = [];
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #low = ANYWHERE;
  #high = 0;

  add(trace: MatchTrace): void {
    const { match, at, change } = trace;
    const place = placeOf(match);
    this.#lines.push(JSON.stringify(trace));
    this.#names.push(hash(match), hash(change.fileId), hash(change.path), oldPathHash(change.movedFrom));
    this.#first = Math.min(this.#first, at);
    this.#last = Math.max(this.#last, at);
    this.#low = Math.min(this.#low, place === ANYWHERE ? 0 : place);
    this.#high = Math.max(this.#high, place);
  }

  /** Undefined: there are none. */
  row(): TraceBlockRow | undefined {
    if (this.#lines.length === 0) return undefined;
    return {
      first: this.#first,
      last: this.#last,
      low: this.#low,
      high: this.#high,
      count: this.#lines.length,
      names: new Uint8Array(Uint32Array.from(this.#names).buffer),
      traces: this.#lines.join('\n'),
    };
  }
}

/** Several rows as one. */
export function joinBlocks(rows: readonly TraceBlockRow[]): TraceBlockRow {
  return {
    first: Math.min(...rows.map(({ first }) => first)),
    last: Math.max(...rows.map(({ last }) => last)),
    low: Math.min(...rows.map(({ low }) => low)),
    high: Math.max(...rows.map(({ high }) => high)),
    count: rows.reduce((sum, { count }) => sum + count, 0),
    names: Buffer.concat(rows.map(({ names }) => names ?? new Uint8Array())),
    traces: rows.map(({ traces }) => traces).join('\n'),
  };
}

/** Where in the log a match was made, as a number: matches of later batches have greater ones. */
export function placeOf(match: string): number {
  const dot = match.indexOf('.');
  const batch = Number.parseInt(match, 10);
  const event = Number.parseInt(match.slice(dot + 1), 10);
  const place = batch * MOST_EVENTS + event;
  return dot > 0 && event < MOST_EVENTS && match.startsWith(`${batch}.${event}`) && Number.isSafeInteger(place)
    ? place
    : ANYWHERE;
}

/** Traces of a row that may fit: those that do are among them. */
export function tracesIn(row: Pick<TraceBlockRow, 'names' | 'traces'>, about: Names): MatchTrace[] {
  const lines = row.traces.split('\n');
  if (row.names === null) return lines.map(toTrace).map(decoded);
  const wanted = hashesOf(about);
  if (wanted === undefined) return lines.map(toTrace);
  const names = toHashes(row.names);
  return lines.flatMap((line, n) => (fits(names, n * NAMES, wanted) ? toTrace(line) : []));
}

/** Has a row of these names a trace that may fit? */
export function mayHave(names: Uint8Array | null, about: Names): boolean {
  if (names === null) return true;
  const wanted = hashesOf(about);
  if (wanted === undefined) return true;
  const hashes = toHashes(names);
  for (let at = 0; at < hashes.length; at += NAMES) if (fits(hashes, at, wanted)) return true;
  return false;
}

/** What is looked for. */
export type Names = Pick<TraceQuery, 'fileId' | 'path'> & { readonly match?: string | undefined };

interface Wanted {
  readonly match: number | undefined;
  readonly fileId: number | undefined;
  readonly path: number | undefined;
}

function hashesOf({ match, fileId, path }: Names): Wanted | undefined {
  if (match === undefined && fileId === undefined && path === undefined) return undefined;
  const hashed = (name: string | undefined) => (name === undefined ? undefined : hash(name));
  return { match: hashed(match), fileId: hashed(fileId), path: hashed(path) };
}

function fits(names: Uint32Array, at: number, { match, fileId, path }: Wanted): boolean {
  if (match !== undefined && names[at] !== match) return false;
  if (fileId !== undefined && names[at + 1] !== fileId) return false;
  return path === undefined || names[at + 2] === path || names[at + 3] === path;
}

function toHashes(names: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(names).buffer);
}

function toTrace(line: string): MatchTrace {
  return JSON.parse(line);
}

function decoded(trace: MatchTrace): MatchTrace {
  const { match, rule, ruleSet, conditions, verdict, job } = trace;
  return {
    ...trace,
    match: fromStoredText(match),
    rule: fromStoredText(rule),
    ruleSet: fromStoredText(ruleSet),
    conditions: fromStoredText(conditions),
    verdict: fromStoredText(verdict),
    job: job === null ? null : fromStoredText(job),
  };
}

function oldPathHash(path: string | null): number {
  return path === null ? 0 : hash(path);
}

/** FNV-1a. Stands in stored data: must never change. */
function hash(text: string): number {
  let mixed = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) mixed = Math.imul(mixed ^ text.charCodeAt(n), 0x01000193);
  return mixed >>> 0;
}
