import { expect, test } from 'vitest';
import { withoutPassword } from '../../src/look/stores.ts';

test('a place is shown without the password', () => {
  expect(withoutPassword('/var/lib/qwarden')).toBe('/var/lib/qwarden');
  expect(withoutPassword('redis://queue:6379')).toBe('redis://queue:6379');
  expect(withoutPassword('rediss://joe:secret@queue:6379/2')).toBe('rediss://joe:***@queue:6379/2');
});
