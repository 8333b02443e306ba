import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as api from '../src/index.ts';
import { notifyEventTypes } from '../src/index.ts';

describe('createClient', () => {
  it.each([
    { host: '' },
    { host: 'https://cluster' },
    { host: 'cluster:8000' },
    { host: 'a b' },
    { port: 0 },
    { port: 65_536 },
    { port: 1.5 },
    { connections: 0 },
    { timeoutMs: 0 },
    { timeoutMs: 2 ** 31 },
    { timeoutMs: Number.NaN },
    { credentials: { username: '', password: 'x' } },
  ])('refuses %j at once', (options) => {
    expect(() => api.createClient({ host: 'cluster', ...options })).toThrow(TypeError);
  });

  it.each([
    [{ host: 'cluster.example' }, 'https://cluster.example:8000'],
    [{ host: '10.0.0.1', port: 443, basePath: '/api' as const }, 'https://10.0.0.1:443'],
    [{ host: '[::1]', protocol: 'http' as const }, 'http://[::1]:8000'],
    [{ host: 'fe80::1' }, 'https://[fe80::1]:8000'],
  ])('%j is at %s', async (options, origin) => {
    const client = api.createClient(options);
    expect(client.options.origin).toBe(origin);
    await client.close();
  });
});

it('the version is that of the package', () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ version: api.VERSION });
});

it('knows 24 types of change, each once', () => {
  expect(new Set(notifyEventTypes).size).toBe(24);
  expect(notifyEventTypes).toHaveLength(24);
});

it('errors are told apart by brand and code, also those of another copy of the package', () => {
  const brand = Symbol.for('@qwarden/qumulo-client/error');
  expect(api.isQumuloError(Object.assign(new Error('x'), { [brand]: true }))).toBe(true);
  for (const other of [new Error('x'), null, 'x', undefined]) expect(api.isQumuloError(other)).toBe(false);
  const error = new api.QumuloConnectionError({ kind: 'dns', message: 'x', retryable: false });
  expect([error.code, error.name, error instanceof api.QumuloError]).toEqual([
    'QUMULO_CONNECTION_ERROR',
    'QumuloConnectionError',
    true,
  ]);
});
