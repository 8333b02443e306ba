import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/notify/line-splitter.ts';

/** Pushes the bytes cut at the given places. */
function split(bytes: Uint8Array, cuts: readonly number[], limit = 1_000_000): string {
  const splitter = new LineSplitter(limit);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, i) => splitter.push(bytes.subarray(places[i - 1] ?? 0, end))).join('');
}

const line = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, ' ').replace(/^\ufeff+/, ''));

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut, with LF or CRLF, with or without a byte-order mark', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 8 }),
        fc.boolean(),
        fc.array(fc.nat()),
        (lines, mark, cuts) => {
          const text = lines.map(([content, end]) => content + end).join('');
          // Lone surrogates cannot be said in UTF-8.
          expect(split(Buffer.from((mark ? '\ufeff' : '') + text), cuts)).toBe(text.toWellFormed());
        },
      ),
    );
  });

  it('decodes any bytes as a decoder does each line', () => {
    const bytes = fc.oneof(fc.constantFrom(0x0a, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xed, 0xa0, 0x80), fc.nat(255));
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 60 }), fc.array(fc.nat()), (some, cuts) => {
        const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
        // Nothing of a byte-order mark, which the stream may begin with.
        const all = Buffer.from([0x61, ...some, 0x0a]);
        let expected = '';
        for (let from = 0; from < all.length; ) {
          const end = all.indexOf(0x0a, from) + 1;
          expected += decoder.decode(all.subarray(from, end));
          from = end;
        }
        expect(split(all, cuts)).toBe(expected);
      }),
    );
  });

  it('finds the same at every single cut', () => {
    const bytes = Buffer.from('\ufeff: watching é\r\n\ndata: ["😀"]\r\n: keepalive\n');
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(split(bytes, [cut])).toBe(': watching é\r\n\ndata: ["😀"]\r\n: keepalive\n');
    }
  });

  it('keeps a byte-order mark that is not at the beginning', () => {
    expect(split(Buffer.from('a\n\ufeffb\n'), [2])).toBe('a\n\ufeffb\n');
  });

  it('keeps the last line until it ends', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Buffer.from('a\nb'))).toBe('a\n');
    expect(splitter.pendingBytes).toBe(1);
    expect(splitter.push(Buffer.from('c'))).toBe('');
    expect(splitter.push(Buffer.from('\n'))).toBe('bc\n');
    expect(splitter.pendingBytes).toBe(0);
  });

  it('shows bytes that are no UTF-8 as replacement characters, and goes on', () => {
    expect(split(Buffer.from([0xe2, 0x82, 0x0a, 0xff, 0x0a, 0x61, 0x0a]), [])).toBe('\ufffd\n\ufffd\na\n');
  });

  it('refuses a line over the limit, ended or not', () => {
    const long = Buffer.from('x'.repeat(101));
    expect(() => split(long, [], 100)).toThrow(RangeError);
    expect(() => split(long, [50], 100)).toThrow(RangeError);
    expect(() => split(Buffer.concat([long, Buffer.from('\n')]), [], 100)).toThrow(RangeError);
    expect(split(Buffer.from(`${'x'.repeat(100)}\n`.repeat(5)), [7, 300], 100)).toHaveLength(505);
  });
});
