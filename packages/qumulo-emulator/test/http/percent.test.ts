import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSegment, encodeSegment } from '../../src/http/percent.ts';

describe('percent encoding', () => {
  it.each([
    ['%2Fa%2Fb', '/a/b'],
    ['a+b', 'a+b'],
    ['%25', '%'],
    ['100%25%20sure', '100% sure'],
    ['%F0%9F%93%81', '📁'],
    ['%ED%A0%80', '\ud800'],
    ['x%ED%BF%BFy', 'x\udfffy'],
    ['%ED%A0%BD%ED%B3%81', '\ud83d\udcc1'],
    ['%E2%80%8Fabc', '\u200fabc'],
  ])('decodes %s', (raw, text) => {
    expect(decodeSegment(raw)).toBe(text);
  });

  it('takes raw bytes of the request line as UTF-8', () => {
    expect(decodeSegment(Buffer.from('grün').toString('latin1'))).toBe('grün');
  });

  it.each(['%', '%2', '%zz', '%FF', '%C3', '%ED%A0', '%ED%A0%41', '%C0%AF'])('refuses %s with 400', (raw) => {
    expect(() => decodeSegment(raw)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('leaves only unreserved characters, as the official SDK does', () => {
    expect(encodeSegment("AZaz09_.-~/ ,!'()*&=?#%+")).toBe('AZaz09_.-~%2F%20%2C%21%27%28%29%2A%26%3D%3F%23%25%2B');
  });

  it('gives back every string, lone surrogates included', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (text) => {
          const encoded = encodeSegment(text);
          expect(encoded).toMatch(/^[\w.~%-]*$/);
          expect(decodeSegment(encoded)).toBe(text);
        },
      ),
    );
  });
});
