import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { startEmulator } from './support/emulator.ts';

// Python's http.client sends headers and body in TLS records of their own, right behind each other: as the official SDK does.
const program = `
import http.client, json, ssl, sys
connection = http.client.HTTPSConnection(sys.argv[1], int(sys.argv[2]), context=ssl._create_unverified_context())
for round in range(20):
    connection.request('POST', '/_emulator/files/create', json.dumps({'directory': '/', 'count': 5000, 'prefix': f'{round}-'}))
    answer = connection.getresponse()
    print(answer.status, len(answer.read()) > 65536)
`;

test('a body in a TLS record of its own, right behind a large answer, is not taken for a malformed request', async () => {
  const { host, port } = await startEmulator();
  const done = spawnSync('python3', ['-c', program, host, String(port)], { encoding: 'utf8' });
  expect([done.stdout, done.stderr]).toEqual(['200 True\n'.repeat(20), '']);
});
