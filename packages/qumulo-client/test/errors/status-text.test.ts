import { STATUS_CODES } from 'node:http';
import { expect, it } from 'vitest';
import { statusText } from '../../src/errors/status-text.ts';

it('agrees with Node on every status it names', () => {
  for (const [code, name] of Object.entries(STATUS_CODES)) {
    expect([name, `Status ${code}`]).toContain(statusText(Number(code)));
  }
  expect(statusText(412)).toBe('Precondition Failed');
  expect(statusText(599)).toBe('Status 599');
});
