import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const source = {
  resolve: { conditions: ['qwarden-source'] },
  ssr: { resolve: { conditions: ['qwarden-source', 'node', 'import', 'default'] } },
};

export default defineConfig({
  test: {
    reporters: ['default'],
    // One more than its default on a small machine: most tests wait, for processes and for time to pass.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'packages/*/src/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
          // Real processes on a shared machine: a test that fails twice in CI has failed; vitest names those that needed the second try.
          retry: process.env.CI ? 1 : 0,
          globalSetup: [],
        },
      },
    ],
  },
});
