import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/errors.ts';
import type { FaultAnswer, Faults, Misfortune } from '../faults/faults.ts';
import { FsError } from '../fs/errors.ts';
import { IdentityError } from '../identity/errors.ts';
import type { Principal } from '../identity/identity.ts';
import type { Stats } from '../stats.ts';
import type { Answer } from './answer.ts';
import { AbortedRequest, parseJson, readBody } from './body.ts';
import {
  ApiError,
  badRequest,
  errorBody,
  expiredBearer,
  unauthenticated,
  unknownUri,
  verbNotOffered,
} from './errors.ts';
import type { NotifyStreams } from './notify-streams.ts';
import type { RawBody, Row } from './operation.ts';
import { RequestCall } from './request-call.ts';
import { discard, sendAnswer, sendError } from './respond.ts';
import type { Route, Router } from './router.ts';

/** One line per request, for whoever asked for an access log. Never holds a secret. */
export interface AccessLogEntry {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  /** 0 = the connection was dropped without an answer. */
  readonly status: number;
  readonly milliseconds: number;
}

export interface PipelineParts {
  readonly cluster: Cluster;
  readonly router: Router<Row>;
  readonly faults: Faults;
  readonly stats: Stats;
  readonly streams: NotifyStreams;
  readonly maxBodyBytes: number;
  readonly maxJsonBytes: number;
  readonly accessLog: ((entry: AccessLogEntry) => void) | undefined;
  /** Takes `/_emulator/…`; false when the path is not its own. */
  readonly control: (request: IncomingMessage, response: ServerResponse, path: string) => boolean;
}

/** One request on its way through the pipeline. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Raw path without `/api` and query. */
  readonly path: string;
  readonly rawQuery: string;
  readonly nowNs: bigint;
  readonly nowMs: number;
  readonly startedAt: number;
}

const NO_BODY: RawBody = [];
const UNKNOWN_OPERATION = 'unknown';

/**
 * What happens to a request, in this order: context, dispatch, faults, authenticate, body, validate, handle, serialise; an
 * error leaves at any step and is written as the documented envelope.
 */
export class Pipeline {
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  /** For `server.on('request')`. Never rejects. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { streams, stats, control } = this.#parts;
    if (streams.occupies(request.socket)) {
      stats.ignoredOnStreams++;
      request.resume();
      return;
    }
    const exchange = this.#context(request, response);
    if (exchange.path.startsWith('/_emulator/') && control(request, response, exchange.path)) return;
    stats.begin();
    void this.#run(exchange);
  };

  async #run(exchange: Exchange): Promise<void> {
    let operation = UNKNOWN_OPERATION;
    let status = 0;
    try {
      const { target: row, parameters } = this.#dispatch(exchange);
      operation = row.name;
      const fault = await this.#meetFaults(row, exchange);
      if (fault?.drop === 'before') {
        discard(exchange.request);
        return;
      }
      if (fault?.fail !== undefined) throw asError(fault.fail);
      const principal = row.anonymous ? undefined : this.#authenticate(exchange);
      const raw = row.takes === 'nothing' ? NO_BODY : await this.#body(row, exchange);
      const call = new RequestCall(this.#parts.cluster, row, parameters, exchange, principal);
      status = this.#execute(row, call, raw, exchange, fault);
    } catch (error) {
      status = this.#fail(error, exchange);
    } finally {
      this.#parts.stats.end(operation, status);
      this.#log(exchange, operation, status);
    }
  }

  /** One instant for the whole request; path and query split, still encoded; `/api` in front means nothing. */
  #context(request: IncomingMessage, response: ServerResponse): Exchange {
    const { clock } = this.#parts.cluster;
    const uri = request.url ?? '/';
    const mark = uri.indexOf('?');
    const whole = mark < 0 ? uri : uri.slice(0, mark);
    const nowNs = clock.nowNs();
    return {
      request,
      response,
      method: request.method ?? 'GET',
      path: whole.startsWith('/api/') ? whole.slice(4) : whole,
      rawQuery: mark < 0 ? '' : uri.slice(mark + 1),
      nowNs,
      nowMs: Number(nowNs / 1_000_000n),
      startedAt: performance.now(),
    };
  }

  #dispatch({ method, path }: Exchange): Route<Row> {
    const found = this.#parts.router.find(method, path);
    if (found === undefined) throw unknownUri(method, path);
    if ('allow' in found) throw verbNotOffered(method, found.allow);
    return found;
  }

  async #meetFaults(row: Row, { method, path }: Exchange): Promise<Misfortune | undefined> {
    const { faults } = this.#parts;
    if (!faults.active) return undefined;
    const fault = faults.meet(row.name, method, path);
    if (fault !== undefined && fault.delayMs > 0) await delay(fault.delayMs);
    return fault;
  }

  #authenticate({ request, nowMs }: Exchange): Principal {
    const { identity, unknowns } = this.#parts.cluster;
    const bearer = bearerOf(request);
    const principal = bearer === '' ? undefined : identity.authenticate(bearer, nowMs);
    if (principal !== undefined) return principal;
    if (unknowns.expiredBearerAnswer === 'envelope' && bearer !== '') throw expiredBearer();
    throw unauthenticated();
  }

  #body(row: Row, { request }: Exchange): Promise<RawBody> {
    const { maxBodyBytes, maxJsonBytes } = this.#parts;
    return readBody(request, row.takes === 'bytes' ? maxBodyBytes : maxJsonBytes);
  }

  /** Validates, handles and answers in one go, so that no other request comes between; the clock stands meanwhile. */
  #execute(row: Row, call: RequestCall, raw: RawBody, exchange: Exchange, fault: Misfortune | undefined): number {
    const { clock } = this.#parts.cluster;
    if (row.privilege !== undefined) call.require(row.privilege);
    const body = row.takes === 'json' ? parseJson(raw) : raw;
    clock.pin(exchange.nowNs);
    let answer: Answer<unknown>;
    try {
      answer = row.run(call, body);
    } finally {
      clock.unpin();
    }
    if (fault?.drop === 'after') {
      discard(exchange.request);
      return 0;
    }
    return this.#serialise(answer, row, exchange);
  }

  #serialise(answer: Answer<unknown>, row: Row, exchange: Exchange): number {
    const { request, response, path, nowMs } = exchange;
    const dateHeader = this.#parts.cluster.clock.httpDate(nowMs);
    if (answer.kind !== 'stream') {
      sendAnswer(response, row.status, dateHeader, answer);
      return row.status;
    }
    if (response.socket !== request.socket) throw badRequest('A notify request cannot be pipelined behind another');
    const details = { operation: row.name, path, bearer: bearerOf(request), startedAtMs: nowMs, dateHeader };
    this.#parts.streams.open(details, response, request.socket, answer.start);
    return 200;
  }

  #fail(error: unknown, { request, response, method, nowMs }: Exchange): number {
    if (error instanceof AbortedRequest) return 0;
    const dateHeader = this.#parts.cluster.clock.httpDate(nowMs);
    request.resume();
    if (error instanceof ApiError) {
      const body = error.errorClass === undefined ? '' : errorBody(error.errorClass, error.message);
      sendError(response, error.status, dateHeader, method === 'HEAD' ? '' : body, error.headers);
      return error.status;
    }
    if (error instanceof FsError || error instanceof IdentityError || error instanceof ClusterError) {
      sendError(response, error.status, dateHeader, errorBody(error.errorClass, error.message));
      return error.status;
    }
    this.#parts.cluster.reportDefect(error);
    if (response.headersSent) response.destroy();
    else sendError(response, 500, dateHeader, errorBody('internal_error', 'The emulator has a defect; see its output'));
    return 500;
  }

  #log(exchange: Exchange, operation: string, status: number): void {
    const { accessLog } = this.#parts;
    if (accessLog === undefined) return;
    const { method, path, startedAt } = exchange;
    accessLog({ method, path, operation, status, milliseconds: performance.now() - startedAt });
  }
}

/** The token of the `Authorization` header; `''` when there is none, or none of this kind. */
export function bearerOf(request: IncomingMessage): string {
  const header = request.headers.authorization ?? '';
  return /^bearer /i.test(header) ? header.slice(7).trim() : '';
}

function asError(fail: FaultAnswer): ApiError {
  const headers = fail.retryAfter === undefined ? {} : { 'Retry-After': String(fail.retryAfter) };
  return new ApiError(fail.status, fail.errorClass, fail.description ?? 'Injected by the emulator', headers);
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
