import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownKeys } from '../../src/stores/sqlite/known-keys.ts';

/** A table that is asked only when `KnownKeys` does not know. */
class Table {
  readonly rows: Set<number | string>;
  readonly known: KnownKeys;
  asked = 0;

  constructor(rows: readonly (number | string)[]) {
    this.rows = new Set(rows);
    const texts = rows.filter((row) => typeof row === 'string');
    this.known = new KnownKeys(texts.at(-1) ?? (rows.length === 0 ? null : Math.max(...rows.map(Number))));
  }

  has(key: number | string): boolean {
    if (this.known.isAbsent(key)) return false;
    this.asked += 1;
    const found = this.rows.has(key);
    if (!found) this.known.absent(key);
    return found;
  }

  put(key: number | string): void {
    this.known.put(key);
    this.rows.add(key);
  }
}

const key = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom('9007199254740993', '18446744065119617025'));

describe('known keys', () => {
  it('never say of a row that it is not there, and of none that it is', () => {
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 10 }),
        fc.array(fc.tuple(fc.constantFrom('put', 'remove', 'has'), key), { maxLength: 60 }),
        (start, steps) => {
          const table = new Table(start);
          for (const [step, id] of steps) {
            if (step === 'put') table.put(id);
            else if (step === 'remove') table.rows.delete(id);
            expect(table.has(id)).toBe(table.rows.has(id));
          }
        },
      ),
    );
  });

  it('answer for new ids, asked for twice and put in later ones first, without the table', () => {
    const table = new Table([1, 2, 3]);
    for (let id = 100_000; id > 60_000; id -= 1) expect(table.has(id)).toBe(false);
    table.put(100_000);
    for (let id = 99_999; id > 90_000; id -= 1) expect(table.has(id)).toBe(false);
    expect(table.asked).toBe(0);
    expect(table.has(100_000)).toBe(true);
    expect(table.asked).toBe(1);
  });
});
