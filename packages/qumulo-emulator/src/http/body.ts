import type { IncomingMessage } from 'node:http';
import { decodeError, tooLarge } from './errors.ts';
import type { RawBody } from './operation.ts';

const nothing: RawBody = [];

/** Does this request carry a body? `Content-Length: 0` (the SDK sends it with every GET, FACTS 1) is none. */
export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request;
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}

/**
 * The body in the pieces in which it came, with a length or chunked. Throws 413 past the limit, and an `AbortedRequest`
 * when the client goes away in the middle.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<RawBody> {
  if (!hasBody(request)) return Promise.resolve(nothing);
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > limit) {
        request.removeAllListeners('data');
        request.resume();
        reject(tooLarge(limit));
      } else {
        pieces.push(piece);
      }
    });
    request.on('end', () => {
      resolve(pieces);
    });
    request.on('error', () => {
      reject(new AbortedRequest());
    });
    request.on('close', () => {
      if (!request.complete) reject(new AbortedRequest());
    });
  });
}

/** The client went away before its request was whole: nothing is executed and nobody is answered. */
export class AbortedRequest extends Error {
  override readonly name = 'AbortedRequest';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Body as JSON. Broken UTF-8, a byte-order mark (FACTS 1) and everything else that is no JSON are a `decode_error`. */
export function parseJson(body: RawBody): unknown {
  const [first] = body;
  if (first === undefined) throw decodeError('the body is empty; JSON expected');
  try {
    const text = utf8.decode(body.length === 1 ? first : Buffer.concat(body));
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw decodeError('the body is not JSON');
    throw error;
  }
}
