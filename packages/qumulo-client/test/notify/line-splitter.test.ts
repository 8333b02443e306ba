import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/notify/line-splitter.ts';

/** Pushes the bytes cut at the given places. */
function split(bytes: Uint8Array, cuts: readonly number[], limit = 1_000_000): string[] {
  const splitter = new LineSplitter(limit);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].flatMap((end, i) => splitter.push(bytes.subarray(places[i - 1] ?? 0, end)));
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
          const text = (mark ? '\ufeff' : '') + lines.map(([content, end]) => content + end).join('');
          expect(split(Buffer.from(text), cuts)).toEqual(lines.map(([content]) => content));
        },
      ),
    );
  });

  it('finds the same at every single cut', () => {
    const bytes = Buffer.from('\ufeff: watching é\r\n\ndata: ["😀"]\r\n: keepalive\n');
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(split(bytes, [cut])).toEqual([': watching é', '', 'data: ["😀"]', ': keepalive']);
    }
  });

  it('keeps a byte-order mark that is not at the beginning', () => {
    expect(split(Buffer.from('a\n\ufeffb\n'), [2])).toEqual(['a', '\ufeffb']);
  });

  it('keeps the last line until it ends', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Buffer.from('a\nb'))).toEqual(['a']);
    expect(splitter.pendingBytes).toBe(1);
    expect(splitter.push(Buffer.from('c'))).toEqual([]);
    expect(splitter.push(Buffer.from('\n'))).toEqual(['bc']);
    expect(splitter.pendingBytes).toBe(0);
  });

  it('shows bytes that are no UTF-8 as replacement characters, and goes on', () => {
    expect(split(Buffer.from([0xe2, 0x82, 0x0a, 0xff, 0x0a, 0x61, 0x0a]), [])).toEqual(['\ufffd', '\ufffd', 'a']);
  });

  it('refuses a line over the limit, ended or not', () => {
    const long = Buffer.from('x'.repeat(101));
    expect(() => split(long, [], 100)).toThrow(RangeError);
    expect(() => split(long, [50], 100)).toThrow(RangeError);
    expect(() => split(Buffer.concat([long, Buffer.from('\n')]), [], 100)).toThrow(RangeError);
    expect(split(Buffer.from(`${'x'.repeat(100)}\n`.repeat(5)), [7, 300], 100)).toHaveLength(5);
  });
});
