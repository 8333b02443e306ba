import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WatchEvent, WatchHandle, WatchSink } from '../fs/api.ts';
import type { FsError } from '../fs/errors.ts';

/** Registers the watch of a stream; throws when it is refused, before anything was sent. */
export type NotifyStart = (sink: WatchSink) => WatchHandle;

/** The exact type on which the official SDK streams; a parameter behind it would break it (FACTS 6.2). */
const CONTENT_TYPE = 'text/event-source';

/** How a stream is cut: in the middle of everything, or with the end of a complete HTTP message. */
export type DropMode = 'abruptly' | 'cleanly';

/**
 * One notify stream on its connection (FACTS 6.2): `: watching` once registered, `data: [events]` per batch, `: keepalive`
 * in between.
 *
 * Every line goes out in a socket write, and so a TLS record, of its own: the SDK's iterator stalls on lines that share one.
 * Hence the chunked framing by hand, and no `writev` that would join waiting lines again.
 */
export class NotifyStream implements WatchSink {
  readonly operation: string;
  readonly path: string;
  readonly startedAtMs: number;
  readonly bearer: string;
  readonly #response: ServerResponse;
  readonly #sendErrorComment: boolean;
  readonly #onEnd: (stream: NotifyStream, error: FsError | null) => void;
  #socket: Socket | undefined;
  #handle: WatchHandle | undefined;
  #hanging = false;
  /** What came in the moment the stream began to hang; everything later waits in the watcher's queue. */
  readonly #held: (readonly WatchEvent[])[] = [];
  #blocked = false;
  #ended = false;
  eventsSent = 0;

  constructor(options: {
    operation: string;
    path: string;
    bearer: string;
    startedAtMs: number;
    response: ServerResponse;
    sendErrorComment: boolean;
    onEnd: (stream: NotifyStream, error: FsError | null) => void;
  }) {
    this.operation = options.operation;
    this.path = options.path;
    this.bearer = options.bearer;
    this.startedAtMs = options.startedAtMs;
    this.#response = options.response;
    this.#sendErrorComment = options.sendErrorComment;
    this.#onEnd = options.onEnd;
  }

  get socket(): Socket | undefined {
    return this.#socket;
  }

  get queued(): number {
    return this.#handle?.queued ?? 0;
  }

  get hanging(): boolean {
    return this.#hanging;
  }

  /** Sends the header, then `: watching` in a write of its own: the SDK polls the socket, not its buffer, for it. */
  begin(socket: Socket, handle: WatchHandle, dateHeader: string): void {
    this.#socket = socket;
    this.#handle = handle;
    socket.setNoDelay(true);
    Reflect.set(socket, '_writev', null);
    this.#response.writeHead(200, [
      'Date',
      dateHeader,
      'Content-Type',
      CONTENT_TYPE,
      'Cache-Control',
      'no-cache',
      'Transfer-Encoding',
      'chunked',
    ]);
    this.#response.flushHeaders();
    if (socket.destroyed) {
      this.#finish('abruptly', null);
      return;
    }
    socket.on('drain', this.#onDrain);
    socket.once('close', this.#onClose);
    this.#line(': watching for changes\n');
  }

  batch(events: readonly WatchEvent[]): boolean {
    if (this.#ended) return true;
    if (this.#hanging) {
      this.#held.push(events);
      return false;
    }
    return this.#send(events);
  }

  end(reason: 'self_removed' | 'overflow', error: FsError | null): void {
    if (this.#ended) return;
    if (reason === 'overflow' && error !== null && this.#sendErrorComment) this.#line(`: error ${error.errorClass}\n`);
    this.#finish('cleanly', error);
  }

  keepalive(): void {
    if (!this.#hanging && !this.#blocked && !this.#ended) this.#line(': keepalive\n');
  }

  /** Fault: nothing more is sent, not even keepalives; what happens meanwhile waits in the watcher's queue. */
  hang(): void {
    this.#hanging = true;
  }

  unhang(): void {
    if (!this.#hanging) return;
    this.#hanging = false;
    for (const events of this.#held.splice(0)) this.#send(events);
    if (!this.#blocked) this.#handle?.resume();
  }

  /** Fault: the stream ends; what was queued is lost. */
  drop(mode: DropMode): void {
    this.#finish(mode, null);
  }

  /** Fault: as if the watcher's queue had run over. */
  overflow(): void {
    this.#handle?.overflow();
  }

  #send(events: readonly WatchEvent[]): boolean {
    this.eventsSent += events.length;
    const flowing = this.#line(`data: ${JSON.stringify(events)}\n\n`);
    if (!flowing) this.#blocked = true;
    return flowing;
  }

  #line(text: string): boolean {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return true;
    return socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  }

  #finish(mode: DropMode, error: FsError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handle?.close();
    const socket = this.#socket;
    socket?.off('drain', this.#onDrain);
    if (socket !== undefined && !socket.destroyed) {
      if (mode === 'abruptly') socket.destroy();
      else socket.end('0\r\n\r\n');
    }
    this.#onEnd(this, error);
  }

  readonly #onDrain = (): void => {
    this.#blocked = false;
    if (!this.#hanging) this.#handle?.resume();
  };

  readonly #onClose = (): void => {
    this.#finish('abruptly', null);
  };
}
