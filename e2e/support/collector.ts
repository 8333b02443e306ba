import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface CollectedSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code: number };
  attributes: { key: string; value: Record<string, unknown> }[];
}

interface Batch {
  resourceSpans: {
    resource: { attributes: CollectedSpan['attributes'] };
    scopeSpans: { spans: CollectedSpan[] }[];
  }[];
}

/** A collector of OpenTelemetry that keeps what it is sent by HTTP. */
export class Collector {
  readonly requests: { path: string | undefined; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  readonly endpoint: string;

  private constructor(port: number) {
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Collector> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        collector.requests.push({ path: request.url, headers: request.headers, body: plain });
        response.setHeader('content-type', request.headers['content-type'] ?? 'text/plain').end('');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const address = server.address();
    const collector = new Collector(typeof address === 'object' && address !== null ? address.port : 0);
    return collector;
  }

  /** Of what came as JSON. */
  get spans(): CollectedSpan[] {
    return this.#batches().flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  }

  get resource(): Record<string, unknown> {
    return attributesOf(this.#batches()[0]?.resourceSpans[0]?.resource ?? { attributes: [] });
  }

  #batches(): Batch[] {
    return this.requests.map(({ body }) => JSON.parse(body.toString()));
  }
}

export function attributesOf({ attributes }: Pick<CollectedSpan, 'attributes'>): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
