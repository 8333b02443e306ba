import { expect, test } from 'vitest';
import { createLogger } from '../../src/log/logger.ts';
import { warnOfLittleMemory } from '../../src/process/memory-limit.ts';

const MEGABYTE = 1024 ** 2;

test.each([
  [0, 0],
  [64 * MEGABYTE, 1],
  [192 * MEGABYTE - 1, 1],
  [192 * MEGABYTE, 0],
])('a limit of %i bytes: %i warnings', (limit, warnings) => {
  const written: string[] = [];
  const sink = { write: (text: string) => void written.push(text) };
  warnOfLittleMemory(createLogger({ format: 'text', debug: false, sinks: [sink] }), limit);
  expect(written).toHaveLength(warnings);
});

test('says how much there is, and what happens', () => {
  const written: string[] = [];
  const sink = { write: (text: string) => void written.push(text) };
  warnOfLittleMemory(createLogger({ format: 'text', debug: false, sinks: [sink] }), 64 * MEGABYTE);
  expect(written[0]).toMatch(/WARNING - Only 64 MB of memory .*exit code 137/);
});
