import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Receivers that refuse, and say back everything that they were sent. Each resolves with its port. */

export async function echoingHook(): Promise<number> {
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = request.url?.startsWith('/busy') === true ? 503 : 400;
      response.writeHead(status, { location: request.url });
      const said = [request.url, ...request.rawHeaders, Buffer.concat(chunks).toString()].join(' ');
      response.end(`no: ${said}`);
    });
  });
  return await listening(server);
}

export async function echoingMailServer(): Promise<number> {
  const server = createServer((socket) => {
    socket.write('220 mail.test ESMTP\r\n');
    onLines(socket, (line) => {
      if (/^EHLO/i.test(line)) socket.write('250-mail.test\r\n250 AUTH PLAIN LOGIN\r\n');
      else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
      else {
        const decoded = Buffer.from(line.replace(/^AUTH PLAIN /i, ''), 'base64')
          .toString()
          .replaceAll('\0', ' ');
        socket.write(`535 wrong: ${line} is ${decoded}\r\n`);
      }
    });
  });
  return await listening(server);
}

export async function echoingRedis(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) =>
      socket.write(`-WRONGPASS no: ${chunk.toString().replaceAll(/\s+/g, ' ')}\r\n`),
    );
  });
  return await listening(server);
}

function onLines(socket: Socket, take: (line: string) => void): void {
  let rest = '';
  socket.on('error', () => undefined);
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

async function listening(server: Server | HttpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
