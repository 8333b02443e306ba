import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

const MOST_BYTES = 100_000;

/** What has reached a small receiver of CloudEvents. */
export interface Receiver {
  readonly url: string;
  /** How many notifications came for each file, by its id. */
  readonly perFile: ReadonlyMap<string, number>;
  /** All that came; a notification can come twice when its answer was lost. */
  readonly received: number;
  /** What was no CloudEvent about a file. */
  readonly refused: number;
  close: () => Promise<void>;
}

/** Listens on the loopback, on a port that is free. */
export async function startReceiver(): Promise<Receiver> {
  const perFile = new Map<string, number>();
  let received = 0;
  let refused = 0;
  const server = createServer((request, response) => {
    void take(request, response);
  });
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fileId = await fileOf(request);
    if (fileId === undefined) refused += 1;
    else {
      received += 1;
      perFile.set(fileId, (perFile.get(fileId) ?? 0) + 1);
    }
    response.writeHead(fileId === undefined ? 400 : 204).end();
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/events`,
    perFile,
    get received() {
      return received;
    },
    get refused() {
      return refused;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function fileOf(request: IncomingMessage): Promise<string | undefined> {
  try {
    let text = '';
    for await (const piece of request.setEncoding('utf8')) {
      text += String(piece);
      if (text.length > MOST_BYTES) return undefined;
    }
    const event: unknown = JSON.parse(text);
    if (!isObject(event) || event['specversion'] !== '1.0' || !isObject(event['data'])) return undefined;
    const fileId = event['data']['file_id'];
    return typeof fileId === 'string' ? fileId : undefined;
  } catch {
    return undefined; // cut off, or not JSON: refused like anything else that is no CloudEvent
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
