// Peer (d): the ceiling. A bare load generator that sends the same PATCH and does nothing else: no stream, no
// store, no checks but the status. Reads file ids from a file, prints one JSON line.
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

const [host, port, username, password, idsFile, retention, inFlight = '32'] = process.argv.slice(2);
const ids = readFileSync(idsFile, 'ascii').split(/\s+/).filter(Boolean);
const pool = new Pool(`https://${host}:${port}`, {
  connections: Number(inFlight),
  pipelining: 1,
  connect: { rejectUnauthorized: false },
});

const login = await pool.request({
  method: 'POST',
  path: '/v1/session/login',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ username, password }),
});
const { bearer_token: token } = await login.body.json();
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const body = JSON.stringify({ retention_period: retention });

let next = 0;
let done = 0;
const started = performance.now();
await new Promise((resolve, reject) => {
  const send = () => {
    if (next >= ids.length) return;
    const id = ids[next++];
    pool.dispatch(
      { method: 'PATCH', path: `/v1/files/${id}/file-lock`, headers, body },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, status) => {
          if (status !== 200) reject(new Error(`${id}: ${status}`));
        },
        onResponseData: () => {},
        onResponseEnd: () => {
          done += 1;
          if (done === ids.length) resolve();
          else send();
        },
        onResponseError: (_controller, error) => reject(error),
      },
    );
  };
  for (let n = 0; n < Number(inFlight); n += 1) send();
});
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ files: ids.length, seconds }));
await pool.close();
