import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { QumuloConnectionError } from '../errors/connection-error.ts';
import { notWhenAborted, whenAborted } from './abort.ts';

export interface Outgoing {
  /** For messages. */
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Complete, encoded, with the base path. */
  path: string;
  /** Name, value, name, value. */
  headers: string[];
  body: string | Uint8Array | undefined;
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The error of an exchange, and whether its request may have reached the other end. */
export interface Failure<E extends Error = Error> {
  error: E;
  sent: boolean;
}

/**
 * One request and its answer over undici's `dispatch`. It costs no AbortController and no stream; a call that is given
 * up while it waits in the pool's queue settles at once and is dropped when its turn comes.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #done: (outcome: Reply | Failure) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #sent = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;

  constructor(outgoing: Outgoing, done: (outcome: Reply | Failure) => void) {
    this.#done = done;
    this.#signal = outgoing.signal;
    const { operation, timeoutMs } = outgoing;
    this.#timer = setTimeout(() => {
      this.#giveUp('timeout', `${operation}: no answer within ${timeoutMs} ms.`);
    }, timeoutMs);
    if (outgoing.signal !== undefined) {
      this.#onAbort = () => this.#giveUp('aborted', `${operation} was given up.`);
      whenAborted(outgoing.signal, this.#onAbort);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('given up while it waited for a connection'));
    else this.#sent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    this.#timer.refresh();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#first === undefined) this.#first = chunk;
    else if (this.#rest === undefined) this.#rest = [this.#first, chunk];
    else this.#rest.push(chunk);
    this.#timer.refresh();
  }

  onResponseEnd(): void {
    if (!this.#settle()) return;
    const body = this.#rest === undefined ? (this.#first ?? Buffer.alloc(0)) : Buffer.concat(this.#rest);
    this.#done({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.fail(error);
  }

  /** Also for errors that `dispatch` throws instead of reporting. */
  fail(error: Error): void {
    if (this.#settle()) this.#done({ error, sent: this.#sent });
  }

  #giveUp(kind: 'timeout' | 'aborted', message: string): void {
    const error = new QumuloConnectionError({
      kind,
      message,
      retryable: kind === 'timeout',
      cause: kind === 'aborted' ? this.#signal?.reason : undefined,
    });
    if (!this.#settle()) return;
    this.#done({ error, sent: this.#sent });
    this.#controller?.abort(error);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined && this.#signal !== undefined) notWhenAborted(this.#signal, this.#onAbort);
    return true;
  }
}
