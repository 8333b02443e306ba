import { type EndpointBodies, type EndpointName, endpoints } from '@qwarden/qumulo-client/wire';
import type { Cluster } from '../cluster/cluster.ts';
import type { Caller } from '../fs/api.ts';
import type { Principal } from '../identity/identity.ts';
import type { Privilege } from '../identity/privileges.ts';
import type { Answer } from './answer.ts';
import type { Decoder } from './decode.ts';
import { notBuilt } from './errors.ts';
import type { Query } from './query.ts';

/** `METHOD /path/{param}` of an operation. */
export type OperationName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

type ParamsOf<N extends string> = N extends `${string}{${infer P}}${infer Rest}` ? P | ParamsOf<Rest> : never;

/** Everything a handler may know of a request. One `nowMs` for the whole request. */
export interface Call<Param extends string = string> {
  readonly cluster: Cluster;
  readonly caller: Caller;
  readonly principal: Principal;
  readonly query: Query;
  /** Value of the `If-Match` header as sent. */
  readonly ifMatch: string | undefined;
  readonly nowMs: number;
  /** When it arrived, by `performance.now()`. */
  readonly startedAt: number;
  /** Path and query as they came, without a leading `/api`. For paging links. */
  readonly path: string;
  /** A path parameter, percent-decoded. */
  param(name: Param): string;
  /** 403 unless the caller holds the privilege. */
  require(privilege: Privilege): void;
}

/** A raw request body; `bytes` marks operations that take one instead of JSON. */
export type RawBody = readonly Uint8Array[];

interface Common {
  /** Needed to call it at all; 403 without (FACTS 2.2). */
  readonly privilege?: Privilege;
  /** Answers without a bearer. */
  readonly anonymous?: true;
}

/** A body that is sent to an operation without one is read and ignored. */
export interface Operation<N extends string, T> extends Common {
  handle(call: Call<ParamsOf<N>>): Answer<T>;
}

export interface BodyOperation<N extends string, B, T> extends Common {
  handle(call: Call<ParamsOf<N>>, body: B): Answer<T>;
}

/** For operations that take bytes: the body's pieces as they came. */
export const rawBytes: Decoder<RawBody> = (value) => {
  if (!Array.isArray(value)) throw new TypeError('The pipeline gave no raw body');
  return value.filter((piece) => piece instanceof Uint8Array);
};

/** A row of the request table, its body type erased: `run` decodes and handles. */
export interface Row {
  readonly name: OperationName;
  readonly parameterNames: readonly string[];
  readonly status: number;
  readonly privilege: Privilege | undefined;
  readonly anonymous: boolean;
  readonly takes: 'nothing' | 'json' | 'bytes';
  readonly built: boolean;
  /** `body`: parsed JSON, or the raw pieces for `bytes`. */
  run(call: Call, body: unknown): Answer<unknown>;
}

/** Bodies that the schemas give differently from what clients rely on; FACTS wins over the schemas. */
interface Corrections {
  /** FACTS 4: `value` is one Base64 string. */
  'GET /v1/files/{ref}/user-metadata/': UserMetadataPage;
  'GET /v1/files/{ref}/user-metadata/{type}/': UserMetadataPage;
  'GET /v1/files/{ref}/user-metadata/{type}/{key}': { value: string };
  /** Ends the loop of `copy-chunk` with an empty answer (FACTS 3), else as documented. */
  /** The schedule is kept as it was sent. */
  'GET /v3/snapshots/policies/{id}': unknown;
  /** `fields_to_present_as_32_bit` knows `ALL` besides (FACTS 14). */
  'GET /v3/nfs/exports/': unknown;
  'GET /v3/nfs/exports/{id}': unknown;
  'PATCH /v3/nfs/exports/{id}': unknown;
  'POST /v1/files/{ref}/copy-chunk': unknown;
  'POST /v1/files/{ref}/streams/{stream_id}/copy-chunk': unknown;
  /** v4 privilege mode that the SDK knows and the schema lacks (FACTS 8). */
  'GET /v1/file-system/settings/permissions': { mode: string };
  'PUT /v1/file-system/settings/permissions': { mode: string };
}
interface UserMetadataPage {
  entries: { type: string; key: string; value: string }[];
  paging: { next: string | null };
}

/** What an endpoint's 2xx body must be assignable to: the documented type, or anything where none is documented. */
export type ResponseOf<N extends string> = N extends keyof Corrections
  ? Corrections[N]
  : N extends EndpointName
    ? EndpointBodies[N]['response'] extends undefined
      ? unknown
      : EndpointBodies[N]['response']
    : unknown;

/** A row for a documented endpoint: `...on('GET /v1/version', { … })`. The compiler checks parameters and the answer. */
export function on<const N extends EndpointName>(name: N, operation: Operation<N, ResponseOf<N>>): Record<N, Row> {
  return record(name, bodilessRow(name, endpoints[name].status[0], operation));
}

/** A row for a documented endpoint that takes a body: JSON read by `body`, or `rawBytes`. */
export function onBody<const N extends EndpointName, B>(
  name: N,
  body: Decoder<B>,
  operation: BodyOperation<N, B, ResponseOf<N>>,
): Record<N, Row> {
  return record(name, bodyRow(name, endpoints[name].status[0], body, operation));
}

/** A row for an endpoint that the schemas lack and FACTS 12-14 know. */
export function onUndocumented<const N extends OperationName>(
  name: N,
  operation: Operation<N, unknown>,
): Record<N, Row> {
  return record(name, bodilessRow(name, 200, operation));
}

export function onUndocumentedBody<const N extends OperationName, B>(
  name: N,
  body: Decoder<B>,
  operation: BodyOperation<N, B, unknown>,
): Record<N, Row> {
  return record(name, bodyRow(name, 200, body, operation));
}

/** Documented and not built: 501 that names the operation. */
export function notImplemented<const N extends OperationName>(...names: readonly N[]): Record<N, Row> {
  const rows: object = Object.fromEntries(names.map((name) => [name, unbuiltRow(name)]));
  if (!hasRows(rows, names)) throw new Error('unreachable');
  return rows;
}

/** The same for endpoints that clients call before they have a token: 501 also without a bearer. */
export function notImplementedForAnyone<const N extends OperationName>(...names: readonly N[]): Record<N, Row> {
  const rows: object = Object.fromEntries(names.map((name) => [name, { ...unbuiltRow(name), anonymous: true }]));
  if (!hasRows(rows, names)) throw new Error('unreachable');
  return rows;
}

function unbuiltRow(name: OperationName): Row {
  const refuse = (): never => {
    throw notBuilt(name);
  };
  return { ...bodilessRow(name, 501, { handle: refuse }), built: false };
}

function record<N extends OperationName>(name: N, row: Row): Record<N, Row> {
  const rows: object = { [name]: row };
  if (!hasRows(rows, [name])) throw new Error('unreachable');
  return rows;
}

function hasRows<N extends string>(rows: object, names: readonly N[]): rows is Record<N, Row> {
  return names.every((name) => Object.hasOwn(rows, name));
}

function bodilessRow<N extends OperationName, T>(name: N, status: number, operation: Operation<N, T>): Row {
  return { ...shared(name, status, operation), takes: 'nothing', run: (call) => operation.handle(call) };
}

function bodyRow<N extends OperationName, B, T>(
  name: N,
  status: number,
  body: Decoder<B>,
  operation: BodyOperation<N, B, T>,
): Row {
  const takes = Object.is(body, rawBytes) ? 'bytes' : 'json';
  return { ...shared(name, status, operation), takes, run: (call, sent) => operation.handle(call, body(sent, 'body')) };
}

function shared(name: OperationName, status: number, operation: Common) {
  return {
    name,
    parameterNames: [...name.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? ''),
    status,
    privilege: operation.privilege,
    anonymous: operation.anonymous ?? false,
    built: true,
  };
}
