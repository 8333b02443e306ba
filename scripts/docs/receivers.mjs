// What pages send messages to while they are tried:
//   node scripts/docs/receivers.mjs web PORT FILE     each body of a POST, a line
//   node scripts/docs/receivers.mjs mail PORT FILE    what is said by SMTP, headers and text of each mail included
// The file is there once it listens.
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const [kind, port, file] = process.argv.slice(2);

const web = () =>
  createWebServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      if (request.method === 'POST') appendFileSync(file, `${body}\n`);
      response.end('ok');
    });
  });

/** As much of SMTP as a client asks for that neither logs in nor encrypts. */
const mail = () =>
  createServer((socket) => {
    let inText = false;
    const answer = (text) => socket.write(`${text}\r\n`);
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    // It tells errors of its input again, and untold they would end the program: doctor connects and hangs up before it sends.
    lines.on('error', () => socket.destroy());
    lines.on('line', (line) => {
      appendFileSync(file, `${line}\n`);
      if (inText && line !== '.') return;
      inText = line.toUpperCase() === 'DATA';
      if (inText) answer('354 go on');
      else answer(line.toUpperCase() === 'QUIT' ? '221 bye' : '250 ok');
    });
    answer('220 ready');
  });

(kind === 'web' ? web() : mail()).listen(Number(port), '127.0.0.1', () => writeFileSync(file, ''));
