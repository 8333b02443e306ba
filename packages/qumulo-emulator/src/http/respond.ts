import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DataRead } from '../fs/api.ts';
import type { BytesAnswer, EmptyAnswer, JsonAnswer } from './answer.ts';

/** Writes answers: flat header lists and one `end`, because this is on the path of every small call. */

const JSON_TYPE = 'application/json';

export function sendAnswer(
  response: ServerResponse,
  status: number,
  dateHeader: string,
  answer: JsonAnswer<unknown> | EmptyAnswer | BytesAnswer,
): void {
  if (answer.kind === 'bytes') {
    sendBytes(response, status, dateHeader, answer.read);
    return;
  }
  const body = answer.kind === 'empty' ? '' : JSON.stringify(answer.value);
  const headers = ['Date', dateHeader];
  if (body !== '') headers.push('Content-Type', JSON_TYPE);
  if (answer.etag !== undefined) headers.push('ETag', `"${answer.etag}"`);
  finish(response, status, headers, body);
}

/** An empty body is `Content-Length: 0` without a type. */
export function sendError(
  response: ServerResponse,
  status: number,
  dateHeader: string,
  body: string,
  extra: Readonly<Record<string, string>> = {},
): void {
  const headers = ['Date', dateHeader];
  if (body !== '') headers.push('Content-Type', JSON_TYPE);
  for (const [name, value] of Object.entries(extra)) headers.push(name, value);
  finish(response, status, headers, body);
}

/** Cuts the connection without an answer. */
export function discard(request: IncomingMessage): void {
  request.socket.destroy();
}

function finish(response: ServerResponse, status: number, headers: string[], body: string): void {
  response.sendDate = false;
  headers.push('Content-Length', String(Buffer.byteLength(body)));
  response.writeHead(status, headers);
  response.end(body);
}

/** File data, a piece at a time as the client takes it. */
function sendBytes(response: ServerResponse, status: number, dateHeader: string, read: DataRead): void {
  response.sendDate = false;
  response.writeHead(status, [
    'Date',
    dateHeader,
    'Content-Type',
    'application/octet-stream',
    'Content-Length',
    String(read.length),
    'ETag',
    `"${read.etag}"`,
  ]);
  const chunks = read.chunks()[Symbol.iterator]();
  const more = (): void => {
    for (;;) {
      const next = chunks.next();
      if (next.done === true) {
        response.end();
        return;
      }
      if (!response.write(next.value)) break;
    }
    response.once('drain', more);
  };
  more();
}
