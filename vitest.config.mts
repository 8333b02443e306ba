import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const source = {
  resolve: { conditions: ['qwarden-source'] },
  ssr: { resolve: { conditions: ['qwarden-source', 'node', 'import', 'default'] } },
};

/** End-to-end files that take long, the longest first: one of them left for the end would keep a single worker busy. */
const LONG = [
  'monitor-crash',
  'bad-cluster',
  'observe',
  'metrics',
  'trust',
  'bad-day',
  'filelock',
  'crash',
  'demo',
  'chaos',
];

/** Real processes on a shared machine: a test that fails twice in CI has failed; vitest names those that needed the second try. */
const RETRY = process.env.CI ? 1 : 0;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const known = LONG.findIndex((name) => moduleId.endsWith(`/e2e/${name}.test.ts`));
      return known === -1 ? LONG.length : known;
    };
    // What vitest knows from earlier runs decides about the rest.
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    reporters: ['default'],
    sequence: { sequencer: LongestFirst },
    // One more than its default on a small machine: most tests wait, for processes and for time to pass.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'packages/*/src/**/*.test.ts'],
          testTimeout: 20_000,
          // Some have a real Redis, and real time.
          retry: RETRY,
        },
      },
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
          retry: RETRY,
          globalSetup: [],
        },
      },
      {
        ...source,
        // A step of `npm run test:deploy`: it starts too many processes for every run of `npm test`.
        test: {
          name: 'security',
          include: ['e2e/security/*.check.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
