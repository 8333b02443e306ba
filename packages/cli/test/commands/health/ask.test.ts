import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { askHealth } from '../../../src/commands/health/ask.ts';
import { startHttp } from '../../../src/http/server.ts';
import { cliErrorOf } from '../../support.ts';

function heard(stream: NodeJS.WriteStream) {
  const said = vi.spyOn(stream, 'write').mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
  return () => said.mock.calls.map(([text]) => String(text)).join('');
}

async function serve(live: string | undefined, ready: string | undefined): Promise<string> {
  const metrics = () => Promise.reject(new Error('not asked'));
  const server = await startHttp({ host: '127.0.0.1', port: 0 }, undefined, {
    metrics,
    live: () => live,
    ready: () => ready,
  });
  onTestFinished(() => server.close());
  return server.url;
}

test('asks whether it is ready, or whether it lives, at an address or at the one that it listens on', async () => {
  const [out, problems] = [heard(process.stdout), heard(process.stderr)];
  const url = await serve(undefined, 'it is stopping');
  const listen = `0.0.0.0:${new URL(url).port}`;
  expect(await askHealth({ live: true, url })).toBe(0);
  expect(await askHealth({ live: false, url: `${url}/healthz` })).toBe(0);
  expect(out()).toBe('ok\nok\n');
  expect(await askHealth({ live: false, listen })).toBe(1);
  expect(problems()).toBe(`qwarden: ${url}/readyz: it is stopping (503)\n`);
});

test('no answer is a failure; no address is a mistake', async () => {
  const url = await serve(undefined, undefined);
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const address = gone.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  gone.close();
  await once(gone, 'close');
  const silent = await cliErrorOf(() => askHealth({ live: false, url: `http://127.0.0.1:${port}` }));
  expect([silent.exitCode, silent.message]).toEqual([
    1,
    `http://127.0.0.1:${port}/readyz does not answer (ECONNREFUSED).`,
  ]);
  expect((await cliErrorOf(() => askHealth({ live: false }))).exitCode).toBe(2);
  heard(process.stderr);
  expect(await askHealth({ live: false, url: `${url}/nothing` })).toBe(1);
});
