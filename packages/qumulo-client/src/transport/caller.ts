import { QumuloApiError, QumuloProtocolError } from '../errors/api-error.ts';
import type { QumuloConnectionError } from '../errors/connection-error.ts';
import { readErrorAnswer, readRetryAfter } from '../errors/from-answer.ts';
import type { Answer, CallOptions, RequestInfo } from '../options.ts';
import type { Session } from '../session/session.ts';
import type { Clock } from '../time/clock.ts';
import { encodeQuery } from './encode.ts';
import { type BodyOf, type Endpoint, type PathParams, pathOf, type QueryOf } from './endpoint.ts';
import type { Failure, Reply } from './exchange.ts';
import { abortedError, whileNotAborted } from './abort.ts';
import { mayRetry, type RetryPolicy, retryDelay, transientStatuses } from './retry-policy.ts';
import type { TimedReply, Transport } from './transport.ts';
import type { EndpointName } from '../wire/generated.ts';

export interface CallerOptions {
  transport: Transport;
  session: Session;
  basePath: string;
  timeoutMs: number;
  userAgent: string;
  retry: RetryPolicy;
  clock: Clock;
  random: () => number;
  onRequest: ((info: RequestInfo) => void) | undefined;
}

/** What a call sends besides its path. */
export interface Sending<N extends EndpointName> {
  query?: QueryOf<N>;
  /** Sent as JSON. */
  json?: BodyOf<N>;
  /** JSON where the documented schema is wrong. */
  jsonText?: string;
  /** Sent as it is, `application/octet-stream`. */
  raw?: Uint8Array | string;
  /** What the call is about, for errors: the path or id as the caller gave it. */
  about?: string;
  /** Login and version go without a token. */
  anonymous?: boolean;
}

interface Prepared {
  operation: string;
  method: Endpoint<EndpointName, unknown>['method'];
  path: string;
  body: string | Uint8Array | undefined;
  contentType: string | undefined;
  about: string | undefined;
  anonymous: boolean;
}

/** Sends the calls of the API: with the session's token, again where that is safe, and turns answers into data or errors. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #closing = new AbortController();
  #headersFor: { token: string | undefined; contentType: string | undefined; headers: string[] }[] = [];

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** Ends the waits between tries. */
  close(): void {
    this.#closing.abort(new Error('The client is closed.'));
  }

  get session(): Session {
    return this.#options.session;
  }

  /** Makes one call. @throws QumuloApiError, QumuloLoginError, QumuloConnectionError, QumuloProtocolError. */
  call<N extends EndpointName, T>(
    endpoint: Endpoint<N, T>,
    params: PathParams<N>,
    options: CallOptions | undefined,
    sending: Sending<N> = {},
  ): Promise<Answer<T>> {
    const query = sending.query === undefined ? '' : encodeQuery(sending.query);
    return this.#call(endpoint, this.#options.basePath + pathOf(endpoint, params) + query, options, sending);
  }

  /** A further page: `path` is complete, from the cluster. */
  follow<N extends EndpointName, T>(
    endpoint: Endpoint<N, T>,
    path: string,
    options: CallOptions | undefined,
    about?: string,
  ): Promise<Answer<T>> {
    return this.#call(endpoint, path, options, about === undefined ? {} : { about });
  }

  /** The path of a call's first page, complete. */
  pathOf<N extends EndpointName>(endpoint: Endpoint<N, unknown>, params: PathParams<N>, query: QueryOf<N>): string {
    return this.#options.basePath + pathOf(endpoint, params) + encodeQuery(query);
  }

  get basePath(): string {
    return this.#options.basePath;
  }

  async #call<N extends EndpointName, T>(
    endpoint: Endpoint<N, T>,
    path: string,
    options: CallOptions | undefined,
    sending: Sending<N>,
  ): Promise<Answer<T>> {
    const json = sending.json === undefined ? sending.jsonText : JSON.stringify(sending.json);
    const body = json ?? sending.raw;
    const reply = await this.#send(
      {
        operation: endpoint.name,
        method: endpoint.method,
        path,
        body,
        contentType:
          json !== undefined ? 'application/json' : body === undefined ? undefined : 'application/octet-stream',
        about: sending.about,
        anonymous: sending.anonymous === true,
      },
      options,
    );
    return {
      data: readAnswer(endpoint, reply),
      etag: reply.headers.etag,
      status: reply.status,
      clusterTimeMs: reply.clusterTimeMs,
      receivedAtMs: reply.receivedAtMs,
      roundTripMs: reply.roundTripMs,
    };
  }

  /** Tries until there is a 2xx, an error that trying again does not cure, or no try left. */
  async #send(call: Prepared, options: CallOptions | undefined): Promise<TimedReply> {
    const { session, retry, random } = this.#options;
    const signal = options?.signal;
    if (signal?.aborted === true) throw abortedError(signal);
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const token =
        call.anonymous || session.anonymous ? undefined : (session.token ?? (await this.#login(undefined, signal)));
      const outcome = await this.#try(call, token, options, attempt);
      if (!('error' in outcome)) return outcome;
      const { error, sent } = outcome;
      if (
        error instanceof QumuloApiError &&
        error.status === 401 &&
        token !== undefined &&
        session.renewable &&
        !renewed
      ) {
        renewed = true;
        await this.#login(token, signal);
        continue;
      }
      const delay =
        options?.retry === false || attempt >= retry.attempts || !mayRetry(error, call.method, sent)
          ? undefined
          : retryDelay(retry, attempt, error instanceof QumuloApiError ? error.retryAfterMs : undefined, random);
      if (delay === undefined) throw error;
      await this.#pause(delay, signal);
    }
  }

  /**
   * Makes a request that this class does not send itself (a notify stream) with the session's token, and once more with
   * a new one on 401. A reply instead of a result becomes the error it stands for.
   */
  async withSession<N extends EndpointName, T extends object>(
    endpoint: Endpoint<N, unknown>,
    about: string,
    signal: AbortSignal | undefined,
    open: (token: string | undefined) => Promise<T | Reply>,
  ): Promise<T> {
    const { session, clock } = this.#options;
    if (signal?.aborted === true) throw abortedError(signal);
    let token = session.anonymous ? undefined : (session.token ?? (await this.#login(undefined, signal)));
    let result = await open(token);
    if (isReply(result) && result.status === 401 && token !== undefined && session.renewable) {
      token = await this.#login(token, signal);
      result = await open(token);
    }
    if (!isReply(result)) return result;
    const date = Date.parse(result.headers.date ?? '');
    throw this.#apiError({ operation: endpoint.name, about }, result, token, Number.isNaN(date) ? clock.now() : date);
  }

  /** Headers of a request for a stream of events. No source says that clusters look at `Accept` there (FACTS 6.2). */
  streamHeaders(token: string | undefined): string[] {
    const headers = ['accept', '*/*', 'user-agent', this.#options.userAgent];
    return token === undefined ? headers : [...headers, 'authorization', `Bearer ${token}`];
  }

  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const either = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    await whileNotAborted(this.#options.clock.sleep(ms, either), either);
  }

  /** A new session, whether or not there is one. */
  async renewSession(signal: AbortSignal | undefined): Promise<void> {
    await this.#login(this.#options.session.token, signal);
  }

  /** The login itself is shared and goes on when this caller gives up. */
  #login(stale: string | undefined, signal: AbortSignal | undefined): Promise<string> {
    return whileNotAborted(this.#options.session.renew(stale), signal);
  }

  async #try(
    call: Prepared,
    token: string | undefined,
    options: CallOptions | undefined,
    attempt: number,
  ): Promise<TimedReply | Failure<QumuloApiError | QumuloConnectionError>> {
    const { transport, onRequest, clock, timeoutMs } = this.#options;
    const startedAt = onRequest === undefined ? 0 : clock.monotonic();
    const outcome = await transport.send({
      operation: call.operation,
      method: call.method,
      path: call.path,
      headers: this.#headers(token, call.contentType, options?.ifMatch),
      body: call.body,
      timeoutMs: options?.timeoutMs ?? timeoutMs,
      signal: options?.signal,
    });
    const failed = 'error' in outcome;
    onRequest?.({
      operation: call.operation,
      attempt,
      status: failed ? undefined : outcome.status,
      failure: failed ? outcome.error.kind : undefined,
      ms: clock.monotonic() - startedAt,
    });
    if (failed || (outcome.status >= 200 && outcome.status < 300)) return outcome;
    return { error: this.#apiError(call, outcome, token, outcome.clusterTimeMs ?? clock.now()), sent: true };
  }

  #apiError(
    call: { operation: string; about: string | undefined },
    reply: Reply,
    token: string | undefined,
    clusterNowMs: number,
  ): QumuloApiError {
    const { session } = this.#options;
    const { errorClass, description } = readErrorAnswer(reply.status, reply.body);
    const retryAfter = reply.headers['retry-after'];
    const hint = reply.status === 401 ? unauthorisedHint(session, token) : '';
    return new QumuloApiError({
      status: reply.status,
      errorClass,
      description: session.redact(description) + hint,
      operation: call.operation,
      target: call.about,
      retryAfterMs: readRetryAfter(retryAfter, clusterNowMs),
      retryable: transientStatuses.has(reply.status),
    });
  }

  /** A handful of sets exist (with and without each content type), so they are built once per token. */
  #headers(token: string | undefined, contentType: string | undefined, ifMatch: string | undefined): string[] {
    let known = this.#headersFor.find((set) => set.contentType === contentType && set.token === token);
    if (known === undefined) {
      const headers = ['accept', 'application/json', 'user-agent', this.#options.userAgent];
      if (token !== undefined) headers.push('authorization', `Bearer ${token}`);
      if (contentType !== undefined) headers.push('content-type', contentType);
      known = { token, contentType, headers };
      this.#headersFor = [...this.#headersFor.filter((set) => set.token === token || set.token === undefined), known];
    }
    return ifMatch === undefined ? known.headers : [...known.headers, 'if-match', ifMatch];
  }
}

function readAnswer<T>(endpoint: Endpoint<EndpointName, T>, reply: TimedReply): T {
  try {
    return endpoint.read(reply.body);
  } catch (error) {
    const why = reply.body.toString('latin1', 0, 100).trimStart().startsWith('<')
      ? 'it is HTML. Is this the REST API? It stands on port 8000, and on port 443 under /api'
      : `it is not what the API documents: ${error instanceof Error ? error.message : String(error)}`;
    throw new QumuloProtocolError(endpoint.name, `cannot read the answer (status ${reply.status}), ${why}`, {
      cause: error,
    });
  }
}

function isReply(result: object): result is Reply {
  return 'status' in result && 'body' in result;
}

function unauthorisedHint(session: Session, token: string | undefined): string {
  if (token === undefined) return ' (this client has no credentials)';
  if (session.renewable) return '';
  return ' (the access token was refused: it is expired, disabled, revoked or not one of this cluster)';
}
