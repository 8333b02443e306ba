import { describe, expect, it } from 'vitest';
import { isLater } from '../../src/events/later.ts';

describe('the order of changes by their ids', () => {
  it.each([
    ['9.0', '10.0', false],
    ['10.0', '9.5', true],
    ['10.2', '10.10', false],
    ['10.2', '10.2', false],
    ['3-1700000000002-0.0', '7-1700000000001-5.3', true],
    ['3-1700000000001-4.0', '7-1700000000001-5.0', false],
  ])('%s behind %s: %s', (id, than, later) => {
    expect(isLater(id, than)).toBe(later);
  });
});
