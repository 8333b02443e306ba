import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver of webhooks on loopback that answers as a test wants. */
export class HttpReceiver {
  readonly received: Received[] = [];
  readonly #server: Server;
  #answer: (response: ServerResponse, request: Received) => void = (response) => response.end();
  #waiting: (() => void)[] = [];

  static async open(tls?: { key: string; cert: string }): Promise<HttpReceiver> {
    const receiver = new HttpReceiver(tls);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  private constructor(tls: { key: string; cert: string } | undefined) {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const got = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
        this.received.push(got);
        this.#answer(response, got);
        for (const wake of this.#waiting.splice(0)) wake();
      });
    };
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  answerWith(answer: (response: ServerResponse, request: Received) => void): void {
    this.#answer = answer;
  }

  /** Resolves when so many requests have come. */
  async got(count: number): Promise<void> {
    while (this.received.length < count)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
