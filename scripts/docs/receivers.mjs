// What pages send messages to while they are tried:
//   node scripts/docs/receivers.mjs web PORT FILE     each body of a POST, a line
//   node scripts/docs/receivers.mjs mail PORT FILE    each mail
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { SMTPServer } from 'smtp-server';

const [kind, port, file] = process.argv.slice(2);

async function textOf(stream) {
  let text = '';
  for await (const part of stream) text += part;
  return text;
}

if (kind === 'web') {
  createServer(async (request, response) => {
    const body = await textOf(request);
    if (request.method === 'POST') appendFileSync(file, `${body}\n`);
    response.end('ok');
  }).listen(Number(port), '127.0.0.1');
} else {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, callback) {
      textOf(stream).then((text) => {
        appendFileSync(file, `${text}\n`);
        callback();
      }, callback);
    },
  });
  server.listen(Number(port), '127.0.0.1');
}
