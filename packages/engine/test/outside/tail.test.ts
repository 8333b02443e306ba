import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tail } from '../../src/outside/tail.ts';

describe('the end of an output', () => {
  it('is the longest that fits and begins with a whole character', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.nat(20), fc.nat(7), (texts, most, piece) => {
        const whole = Buffer.from(texts.join(''), 'utf8');
        const tail = new Tail(most);
        for (let at = 0; at < whole.length; at += piece + 1) tail.add(whole.subarray(at, at + piece + 1));
        const kept = tail.text();
        expect(whole.toString('utf8').endsWith(kept)).toBe(true);
        const length = Buffer.byteLength(kept);
        expect(length).toBeLessThanOrEqual(most);
        // A character has four bytes at most.
        expect(length).toBeGreaterThan(Math.min(whole.length, most) - 4);
      }),
    );
  });
});
