import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine } from '../../src/log/escape.ts';

test.each([
  ['/a/b c "d" \'e\'', '/a/b c "d" \'e\''],
  ['/emoji/😀é漢', '/emoji/😀é漢'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u001b[2J\u007f\u009b', '\\x1b[2J\\x7f\\x9b'],
  ['a\u202egnp.exe', 'a\\u202egnp.exe'],
  ['\ud800x\udc00', '\\ud800x\\udc00'],
  ['back\\slash', 'back\\slash'],
])('%j becomes %j', (name, line) => {
  expect(oneLine(name)).toBe(line);
});

test('whatever the name, the result is one line of well-formed text without control or bidi characters', () => {
  const anyName = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(anyName, (name) => {
      const line = oneLine(name);
      expect(line.isWellFormed()).toBe(true);
      expect(line).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069\u200e\u200f]/u);
    }),
  );
});
