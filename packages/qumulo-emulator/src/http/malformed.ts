import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody } from './errors.ts';

/** What Node's parser says, and the bytes that it says it of. */
interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/**
 * Requests that never become one: what Node's parser refuses would otherwise get an empty answer, or none. They get the
 * envelope of every other error (FACTS 2.1), and the connection ends, because nobody knows where the next request begins.
 */
export function answerMalformedRequests(server: Server): void {
  server.on('clientError', (error: ParserError, socket: Duplex) => {
    if (error.code === 'HPE_PAUSED' && error.rawPacket !== undefined) {
      // Nothing malformed: Node pauses its parser while an earlier, large answer drains, and over TLS a body that came right
      // behind its headers still reaches it (seen with Node 24). Back in line it goes; the drain goes on with it.
      socket.unshift(error.rawPacket.subarray(error.bytesParsed ?? 0));
      return;
    }
    if (socket.writableEnded) return; // answered; what else arrives is dropped
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const tooLong = error.code === 'HPE_HEADER_OVERFLOW';
    const status = tooLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
    end(socket, status, tooLong ? 'The headers of the request are too long' : 'The request is no valid HTTP/1.1');
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    end(socket, '405 Method Not Allowed', 'This is no proxy: CONNECT is not offered here');
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const body = errorBody('http_bad_request_error', `Expectation "${request.headers.expect ?? ''}" is not supported`);
    response.writeHead(417, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
}

/** Long enough to read what a client still sends: a connection cut with bytes unread takes the answer along. */
const LINGER_MS = 2_000;

function end(socket: Duplex, status: string, description: string): void {
  const body = errorBody('http_bad_request_error', description);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => {
    clearTimeout(cut);
  });
  socket.resume();
}
