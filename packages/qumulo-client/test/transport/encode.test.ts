import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeQuery, encodeRef, encodeSegment } from '../../src/transport/encode.ts';

/** The SDK's rule, byte by byte: `urllib.parse.quote(text, safe='')`. */
function twin(text: string): string {
  let out = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    out += /[A-Za-z0-9_.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

describe('encodeSegment', () => {
  it('does what the SDK does with any well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(encodeSegment(text)).toBe(twin(text));
        expect(decodeURIComponent(encodeSegment(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['/a/b', '%2Fa%2Fb'],
    ['/', '%2F'],
    ["it's (1)*!", 'it%27s%20%281%29%2A%21'],
    ['100%2F', '100%252F'],
    ['ä\n😀', '%C3%A4%0A%F0%9F%98%80'],
    ['keep-_.~', 'keep-_.~'],
  ])('%j -> %s', (text, encoded) => expect(encodeSegment(text)).toBe(encoded));

  it('takes lone surrogates as their three bytes, and never makes two names one', () => {
    expect(encodeSegment('a\ud800b')).toBe('a%ED%A0%80b');
    expect(encodeSegment('\udfff')).toBe('%ED%BF%BF');
    const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(units, units, (one, other) => {
        const [a, b] = [encodeSegment(one), encodeSegment(other)];
        expect(a).toMatch(/^(?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})*$/);
        expect(a === b).toBe(one === other);
      }),
    );
  });
});

describe('encodeRef', () => {
  it('passes ids and encodes paths', () => {
    expect(encodeRef('18446744073709551615')).toBe('18446744073709551615');
    expect(encodeRef('/1003')).toBe('%2F1003');
  });

  it.each(['', 'Error_ID', 'relative/path', '-1', '1.5', '0x10', '1e3', ' 1', '111111111111111111111'])(
    'refuses %j',
    (ref) => expect(() => encodeRef(ref)).toThrow(TypeError),
  );
});

describe('encodeQuery', () => {
  it('writes lower-case booleans and leaves out what is not set', () => {
    expect(encodeQuery({ recursive: true, other: false, gone: undefined, limit: 10, filter: 'a,b' })).toBe(
      '?recursive=true&other=false&limit=10&filter=a%2Cb',
    );
    expect(encodeQuery({ gone: undefined })).toBe('');
    expect(encodeQuery({ offset: 2n ** 60n })).toBe('?offset=1152921504606846976');
  });
});
