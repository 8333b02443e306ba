// Writes to the emulated cluster, through its control API: a file every two seconds, of four kinds.
import { setTimeout as sleep } from 'node:timers/promises';

const KINDS = ['/records/invoice-{n}.pdf', '/records/draft-{n}.part', '/in/photo-{n}.jpg', '/in/setup-{n}.exe'];
const EVERY_MS = 2000;

async function act(action, path) {
  const response = await fetch('http://127.0.0.1:8000/_emulator/clients', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ protocol: 'nfs', action, path }),
  });
  if (!response.ok) throw new Error(`${action} ${path}: ${response.status} ${await response.text()}`);
}

process.once('SIGTERM', () => process.exit(0));
for (const directory of ['/records', '/in', '/quarantine']) await act('mkdir', directory);
const start = Date.now();
for (let count = 0; ; count++) {
  await act('create', KINDS[count % KINDS.length].replace('{n}', `${start}-${count}`));
  await sleep(EVERY_MS);
}
