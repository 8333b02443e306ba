import { expect, it } from 'vitest';
import { pathCondition } from '../../src/ledger/path-condition.ts';

const PATHS = ['/r/a/x.pdf', '/r/b/x.pdf', '/r/c/x.pdf', '/r/a[1].pdf', '/r/a1.pdf', '/r/{a,b}/x.pdf', '/ra'];

it.each([
  ['/r/a', '/r/a', ['/r/a/x.pdf']],
  ['/r/a/', '/r/a', ['/r/a/x.pdf']],
  // With braces it is a glob, and what has that very name.
  ['/r/{a,b}/x.pdf', '/r', ['/r/a/x.pdf', '/r/b/x.pdf', '/r/{a,b}/x.pdf']],
  ['/r/{a,b}/*.pdf', '/r', ['/r/a/x.pdf', '/r/b/x.pdf']],
  ['/r/a[1].pdf', '/r', ['/r/a[1].pdf', '/r/a1.pdf']],
  [String.raw`/r/a\[1].pdf`, '/r', ['/r/a[1].pdf']],
  [String.raw`/\r/a/*`, '', ['/r/a/x.pdf']],
  ['*/c/x.pdf', '', []],
])('%s is asked for below %j', (path, prefix, expected) => {
  const condition = pathCondition(path);
  expect(condition?.prefix).toBe(prefix);
  const matches = condition?.matches ?? ((one: string) => one === prefix || one.startsWith(`${prefix}/`));
  const found = PATHS.filter(matches);
  expect(found).toEqual(expected);
  // What asks by the prefix first misses none of them.
  expect(found.filter((one) => one.startsWith(prefix))).toEqual(found);
});

it('of the root, or of nothing, is none', () => {
  expect([pathCondition(undefined), pathCondition('/')]).toEqual([undefined, undefined]);
});
