import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { QumuloProtocolError } from '../errors/api-error.ts';
import { QumuloConnectionError } from '../errors/connection-error.ts';
import { type Destination, toConnectionError } from '../errors/from-socket.ts';
import type { CallOptions, FileRef } from '../options.ts';
import type { Clock } from '../time/clock.ts';
import { abortedError } from '../transport/abort.ts';
import type { Caller } from '../transport/caller.ts';
import type { Reply } from '../transport/exchange.ts';
import { encodeRef } from '../transport/encode.ts';
import { endpoint } from '../transport/endpoint.ts';
import { nothing } from '../transport/read-body.ts';
import { ByteNotifyStream, notifyOperation } from './stream.ts';
import type { NotifyOptions, NotifyStream } from './types.ts';

export interface NotifyDeps {
  destination: Destination;
  clock: Clock;
  /** A connection of its own; the signal says when it is not wanted any more. */
  connect(signal: AbortSignal): Dispatcher;
  /** Streams to end when the client closes. */
  open: Set<ByteNotifyStream>;
}

const notify = endpoint(notifyOperation, nothing);
const defaultSilenceMs = 60_000;
const defaultBufferBytes = 8 * 1_024 * 1_024;
/** More of an error's body is not read. */
const maxErrorBytes = 65_536;

/** See `FilesApi.notify`. */
export async function openNotify(
  caller: Caller,
  deps: NotifyDeps,
  ref: FileRef,
  options: NotifyOptions & CallOptions,
): Promise<NotifyStream> {
  const filter = options.filter === undefined || options.filter.length === 0 ? undefined : options.filter.join(',');
  const path = caller.pathOf(notify, [encodeRef(ref)], { recursive: options.recursive, filter });
  return caller.withSession(notify, ref, options.signal, (token) => {
    const opening = new Opening(deps, options);
    return opening.start(path, caller.streamHeaders(token));
  });
}

/** One request for a watch, until it is a stream or has failed. */
class Opening implements Dispatcher.DispatchHandler {
  readonly #deps: NotifyDeps;
  readonly #options: NotifyOptions & CallOptions;
  readonly #result = Promise.withResolvers<NotifyStream | Reply>();
  readonly #dispatcher: Dispatcher;
  readonly #stream: ByteNotifyStream;
  #controller: Dispatcher.DispatchController | undefined;
  #refusal: { status: number; headers: IncomingHttpHeaders; chunks: Buffer[]; bytes: number } | undefined;
  #opened = false;

  constructor(deps: NotifyDeps, options: NotifyOptions & CallOptions) {
    this.#deps = deps;
    this.#options = options;
    const unwanted = new AbortController();
    this.#dispatcher = deps.connect(unwanted.signal);
    const stop = () => this.#stream.end('aborted');
    this.#stream = new ByteNotifyStream(
      {
        pause: () => this.#controller?.pause(),
        resume: () => this.#controller?.resume(),
        destroy: () => {
          unwanted.abort();
          void this.#dispatcher.destroy();
        },
      },
      {
        clock: deps.clock,
        silenceMs: options.silenceMs ?? defaultSilenceMs,
        maxBufferedBytes: options.maxBufferedBytes ?? defaultBufferBytes,
        onEnd: () => {
          deps.open.delete(this.#stream);
          options.signal?.removeEventListener('abort', stop);
        },
      },
    );
    deps.open.add(this.#stream);
    options.signal?.addEventListener('abort', stop, { once: true });
    void this.#failWithStream();
  }

  /** A stream, or the reply that refuses it. @throws QumuloConnectionError, QumuloProtocolError. */
  start(path: string, headers: string[]): Promise<NotifyStream | Reply> {
    if (this.#options.signal?.aborted === true) this.#stream.end('aborted');
    else this.#dispatcher.dispatch({ path, method: 'GET', headers }, this);
    return this.#result.promise;
  }

  /** Whatever ends the stream before there is an answer is the failure of the request. */
  async #failWithStream(): Promise<void> {
    const { reason, error } = await this.#stream.ended;
    if (this.#opened) return;
    this.#result.reject(error ?? endedBeforeAnswer(reason, this.#options.signal, this.#deps.destination));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // An interim answer (103 and the like) is none yet.
    if (status < 200) return;
    if (status > 299) {
      this.#refusal = { status, headers, chunks: [], bytes: 0 };
      return;
    }
    const type = headers['content-type'];
    if (!isEventStream(type)) {
      const message = `expected a stream of events, got ${type === undefined ? 'no content type' : JSON.stringify(type)}`;
      this.#stream.end('protocol', new QumuloProtocolError(notifyOperation, message));
      return;
    }
    this.#opened = true;
    this.#result.resolve(this.#stream);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#refusal === undefined) this.#stream.push(chunk);
    else if (this.#refusal.bytes < maxErrorBytes) {
      this.#refusal.chunks.push(chunk);
      this.#refusal.bytes += chunk.length;
    }
  }

  onResponseEnd(): void {
    if (this.#refusal !== undefined) {
      const { status, headers, chunks } = this.#refusal;
      this.#opened = true;
      this.#result.resolve({ status, headers, body: Buffer.concat(chunks) });
    }
    this.#stream.end('closed');
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#stream.end('error', toConnectionError(error, this.#deps.destination));
  }
}

/** Clusters say `text/event-source`; the standard's name and parameters are fine as well (FACTS 6.2). */
function isEventStream(header: string | undefined): boolean {
  const type = header?.split(';', 1)[0]?.trim().toLowerCase();
  return type === 'text/event-source' || type === 'text/event-stream';
}

function endedBeforeAnswer(reason: string, signal: AbortSignal | undefined, to: Destination): Error {
  if (reason === 'aborted') return abortedError(signal);
  return new QumuloConnectionError({
    kind: 'reset',
    message: `${to.host}:${to.port} ended the connection (${reason}) before it answered.`,
    retryable: true,
  });
}
