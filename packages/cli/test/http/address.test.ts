import { expect, test } from 'vitest';
import { isLoopback, parseListenAddress, urlOf } from '../../src/http/address.ts';

test.each([
  ['9464', { host: '127.0.0.1', port: 9464 }],
  ['0', { host: '127.0.0.1', port: 0 }],
  ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
  ['metrics.example.com:80', { host: 'metrics.example.com', port: 80 }],
  ['[::1]:9464', { host: '::1', port: 9464 }],
  ['[fe80::1%eth0]:9464', { host: 'fe80::1%eth0', port: 9464 }],
])('%s is an address', (text, expected) => {
  expect(parseListenAddress(text)).toEqual(expected);
});

// What other programs take for "everywhere" is refused: it has to be said.
test.each([
  '',
  ':9464',
  '*:9464',
  '::1:9464',
  '::1',
  'host',
  'host:',
  'host:65536',
  'http://host:80',
  'a b:80',
  '-1',
  '1e3',
])('%s is none', (text) => {
  expect(parseListenAddress(text)).toBeUndefined();
});

test('only what this machine alone can reach is loopback', () => {
  const hosts = [
    'localhost',
    '127.0.0.1',
    '127.8.0.1',
    '::1',
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.example.com',
    '127.0.0.1.example.com',
  ];
  expect(hosts.filter(isLoopback)).toEqual(['localhost', '127.0.0.1', '127.8.0.1', '::1']);
});

test('what listens everywhere is asked on the loopback', () => {
  const urls = ['0.0.0.0:1', '[::]:2', '[::1]:3', 'host:4', '5'].map((text) => {
    const address = parseListenAddress(text);
    return address && urlOf(address);
  });
  expect(urls).toEqual([
    'http://127.0.0.1:1',
    'http://[::1]:2',
    'http://[::1]:3',
    'http://host:4',
    'http://127.0.0.1:5',
  ]);
});
