import type { MonitorStatus } from '@qwarden/engine';

/** Something that went wrong a while ago. */
export interface RecentLine {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly kind: string;
  readonly text: string;
}

/** What a monitor says of itself. */
export interface ControlStatus {
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  readonly cluster: string;
  readonly directory: string;
  readonly recursive: boolean;
  readonly rulesFile: string;
  readonly monitor: MonitorStatus;
  /** The latest last. */
  readonly lastErrors: readonly RecentLine[];
  /** When the rules were last read anew, and what came of it. */
  readonly lastReload: RecentLine | null;
}

/** Which of the named jobs it was done to; the others were not there any more, ran, or were in another state. */
export interface JobsChanged {
  readonly changed: readonly string[];
}

/** No parameters. */
interface Nothing {
  readonly keys?: undefined;
}

interface Keys {
  readonly keys: readonly string[];
}

/** Everything that a running monitor can be asked for: parameters and answer by the name of the request. */
export interface ControlTable {
  status: { params: Nothing; result: ControlStatus };
  /** Keys of those that run now. */
  'jobs.running': { params: Nothing; result: { readonly keys: readonly string[] } };
  'jobs.retry': { params: Keys; result: JobsChanged };
  'jobs.cancel': { params: Keys; result: JobsChanged };
  /** As with `jobs`, but nothing is done to a job that has come to life again meanwhile. */
  'dead.retry': { params: Keys; result: JobsChanged };
  'dead.discard': { params: Keys; result: JobsChanged };
  'rules.reload': { params: Nothing; result: { readonly ok: boolean; readonly text: string } };
}

export type Method = keyof ControlTable;
export type KeysMethod = { [M in Method]: ControlTable[M]['params'] extends Keys ? M : never }[Method];

/** What answers, one function a request. */
export type Handlers = {
  readonly [M in Method]: (params: ControlTable[M]['params']) => Promise<ControlTable[M]['result']>;
};

/** A line of JSON each way. */
export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly params: unknown;
}

export type Response =
  | { readonly id: number | null; readonly ok: true; readonly result: unknown }
  | { readonly id: number | null; readonly ok: false; readonly error: string };

/** Longer lines than this are no request of ours. */
export const MOST_BYTES = 4 * 1024 * 1024;

/** Keys in one request. */
export const MOST_KEYS = 1000;

type Read =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly id: number | null; readonly error: string };

const WITHOUT_PARAMS: readonly Method[] = ['status', 'jobs.running', 'rules.reload'];
const WITH_KEYS: readonly Method[] = ['jobs.retry', 'jobs.cancel', 'dead.retry', 'dead.discard'];

/** A line as a request, or why it is none. */
export function readRequest(line: string): Read {
  const value = jsonOrUndefined(line);
  if (!isObject(value)) return { ok: false, id: null, error: 'This is no request: a line of JSON is wanted.' };
  const id = typeof value['id'] === 'number' ? value['id'] : null;
  if (id === null) return { ok: false, id, error: 'This is no request: it has no number "id".' };
  const unknown = Object.keys(value).filter((key) => !['id', 'method', 'params'].includes(key));
  if (unknown.length > 0) return { ok: false, id, error: `A request has no ${JSON.stringify(unknown[0])}.` };
  const methods = [...WITHOUT_PARAMS, ...WITH_KEYS];
  const method = methods.find((known) => known === value['method']);
  if (method === undefined) {
    const error = `There is no request ${JSON.stringify(value['method'] ?? null)}. Known: ${methods.join(', ')}.`;
    return { ok: false, id, error };
  }
  const params = value['params'] ?? {};
  const wrong = WITH_KEYS.includes(method) ? wrongKeys(params) : wrongParams(params, []);
  if (wrong !== undefined) return { ok: false, id, error: `${method}: ${wrong}` };
  return { ok: true, request: { id, method, params } };
}

function wrongKeys(params: unknown): string | undefined {
  const wrong = wrongParams(params, ['keys']);
  if (wrong !== undefined || !isObject(params)) return wrong;
  const { keys } = params;
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) return '"keys" must be a list of texts.';
  return keys.length > MOST_KEYS ? `"keys" must be at most ${MOST_KEYS}.` : undefined;
}

function wrongParams(params: unknown, known: readonly string[]): string | undefined {
  if (!isObject(params)) return '"params" must be an object.';
  const unknown = Object.keys(params).find((key) => !known.includes(key));
  return unknown === undefined ? undefined : `there is no parameter ${JSON.stringify(unknown)}.`;
}

export function jsonOrUndefined(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
