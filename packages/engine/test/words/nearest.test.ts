import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../src/words/nearest.ts';

test.each([
  ['', 'abc', 3],
  ['abc', 'abc', 0],
  ['retenton', 'retention', 1],
  ['ab', 'ba', 1],
  ['kitten', 'sitting', 3],
])('from %j to %j it takes %i edits', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test('finds what was meant, and nothing where nothing is near', () => {
  expect(nearest('RETENTON', ['OUTPUT', 'RETENTION'])).toBe('RETENTION');
  expect(nearest('XYZ', ['OUTPUT', 'RETENTION', 'FOR'])).toBeUndefined();
});
