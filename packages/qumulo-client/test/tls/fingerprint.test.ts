import { expect, it } from 'vitest';
import { normaliseFingerprint } from '../../src/index.ts';

const bytes = Array.from({ length: 32 }, (_, i) => (i * 7).toString(16).padStart(2, '0'));
const normal = bytes.join(':').toUpperCase();

it.each([
  normal,
  bytes.join(''),
  bytes.join(' '),
  ` ${normal.toLowerCase()}\n`,
  `sha256 Fingerprint=${normal}`,
  `SHA256:${bytes.join('')}`,
])('understands %j', (text) => expect(normaliseFingerprint(text)).toBe(normal));

it.each(['', normal.slice(0, -3), `${normal}:00`, normal.replace('07', 'XY'), 'AA:BB'])('refuses %j', (text) =>
  expect(() => normaliseFingerprint(text)).toThrow(TypeError),
);
