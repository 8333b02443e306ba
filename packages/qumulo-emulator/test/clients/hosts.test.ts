import { expect, it } from 'vitest';
import { isAmong } from '../../src/clients/hosts.ts';

it.each([
  [[], '10.0.0.1', true],
  [['*'], 'anything', true],
  [['10.0.0.1'], '10.0.0.1', true],
  [['10.0.0.1'], '10.0.0.2', false],
  [['10.0.0.0/8'], '10.255.0.2', true],
  [['10.0.0.0/8'], '11.0.0.2', false],
  [['10.0.0.0/33'], '10.0.0.0', false],
  [['10.120.150.50-60'], '10.120.150.60', true],
  [['10.120.150.50-60'], '10.120.150.61', false],
  [['10.120.150.60-50'], '10.120.150.55', false],
  [['fd00::/8'], 'fd12::1', true],
  [['fd00::/8'], '10.0.0.1', false],
  [['*.example.com'], 'Host.example.com', true],
  [['*.example.com'], 'example.org', false],
  [['host.example.com', '192.168.0.1'], '192.168.0.1', true],
])('%j has %s: %s', (hosts, client, expected) => {
  expect(isAmong(hosts, client)).toBe(expected);
});
