import { describe, expect, it } from 'vitest';
import type { Assert, Covers, Fits } from '../../src/wire/drift.ts';

/** What drift.ts relies on, seen to fail: each line below that should not compile would make `tsc` fail if it did. */
export type Proof = [
  Assert<Fits<{ size: string }, { size?: string | null; mode?: string | null }>>,
  // @ts-expect-error the API's size became a number
  Assert<Fits<{ size: string }, { size?: number | null }>>,
  // @ts-expect-error the API has no size any more
  Assert<Fits<{ size: string }, { length?: string | null }>>,
  // @ts-expect-error the API has a key that we do not know
  Assert<Covers<{ size: string }, { size?: string | null; mode?: string | null }>>,
];

describe('drift', () => {
  it('is a matter of compiling src/wire/drift.ts; at run time there is nothing in it', async () => {
    expect(Object.keys(await import('../../src/wire/drift.ts'))).toEqual([]);
  });
});
