import { expect, it } from 'vitest';
import { memoryLimits, memoryTrouble } from '../../src/process/memory.ts';

const MIB = 1024 ** 2;

it('a limit that is too small, with and without a container', () => {
  expect(memoryTrouble({ limit: 128 * MIB, machine: 8192 * MIB, heap: 32 * MIB })).toMatchObject({
    message: expect.stringMatching(/^This process may use 128 MiB .*137/),
    remedy: expect.stringContaining('256 MiB'),
  });
  expect(memoryTrouble({ limit: undefined, machine: 128 * MIB, heap: 32 * MIB })).toMatchObject({
    message: expect.stringMatching(/^This machine has 128 MiB/),
  });
});

it('a heap that may outgrow the limit', () => {
  expect(memoryTrouble({ limit: 512 * MIB, machine: 8192 * MIB, heap: 2048 * MIB })).toMatchObject({
    remedy: expect.stringContaining('--max-old-space-size'),
  });
});

it('enough', () => {
  expect(memoryTrouble({ limit: 256 * MIB, machine: 8192 * MIB, heap: 259 * MIB })).toBeUndefined();
  expect(memoryTrouble({ limit: undefined, machine: 8192 * MIB, heap: 4096 * MIB })).toBeUndefined();
});

it('no limit is no limit of all the memory that there could ever be', () => {
  const { limit, machine, heap } = memoryLimits();
  expect(limit ?? 0).toBeLessThan(machine);
  expect(heap).toBeGreaterThan(0);
});
