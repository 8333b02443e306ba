import type { ClientRequest, IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { newAgent, responseOf, type TestClient } from './client.ts';

/** One line of a notify stream, without its newline. */
type Line = string;

/** A notify stream as it comes off the wire. */
export class TestStream {
  readonly response: IncomingMessage;
  readonly request: ClientRequest;
  readonly lines: Line[] = [];
  ended: 'no' | 'cleanly' | 'abruptly' = 'no';
  #rest = '';
  #waiting: (() => void)[] = [];

  constructor(request: ClientRequest, response: IncomingMessage) {
    this.request = request;
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      this.#rest += piece;
      const parts = this.#rest.split('\n');
      this.#rest = parts.pop() ?? '';
      this.lines.push(...parts.filter((line) => line !== ''));
      this.#wake();
    });
    response.on('error', () => {
      this.ended = 'abruptly';
      this.#wake();
    });
    response.on('end', () => {
      this.ended = 'cleanly';
      this.#wake();
    });
  }

  get socket(): TLSSocket {
    const { socket } = this.response;
    if (!(socket instanceof TLSSocket)) throw new Error('not a TLS stream');
    return socket;
  }

  /** All events so far, flattened. */
  get events(): unknown[] {
    return this.lines
      .filter((line) => line.startsWith('data: '))
      .flatMap((line) => {
        const batch: unknown = JSON.parse(line.slice(6));
        return Array.isArray(batch) ? batch.map((event: unknown) => event) : [];
      });
  }

  /** `type path` of every event so far. */
  get story(): string[] {
    return this.events.map((event) => {
      if (typeof event !== 'object' || event === null) return '?';
      return `${String(Reflect.get(event, 'type'))} ${String(Reflect.get(event, 'path'))}`;
    });
  }

  /** Resolves as soon as the condition holds; checked whenever something arrives or the stream ends. */
  async until(condition: (stream: this) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.ended !== 'no' && !condition(this))
        throw new Error(`The stream ended ${this.ended}: ${this.lines.join(' | ')}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  watching(): Promise<void> {
    return this.until(({ lines }) => lines.some((line) => line.startsWith(': watching')));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** Opens a stream on a connection of its own and waits for `: watching`. */
export async function openStream(client: TestClient, path: string, token?: string): Promise<TestStream> {
  const agent = newAgent(client.emulator);
  const request = client.send('GET', path, token === undefined ? { agent } : { agent, token });
  const response = await responseOf(request);
  if (response.statusCode !== 200) throw new Error(`notify answered ${response.statusCode}`);
  const stream = new TestStream(request, response);
  await stream.watching();
  return stream;
}
