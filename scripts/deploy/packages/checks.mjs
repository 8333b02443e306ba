// Checks one after the other, each with a line, counted.
export class Skip extends Error {}

/** `check(title, work)` passes when `work` does not throw; a `Skip` is counted as skipped, and as failed in CI. */
export function createChecks() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  async function check(title, work) {
    try {
      const result = await work();
      counts.passed += 1;
      console.log(`  ok    ${title}`);
      return result;
    } catch (error) {
      if (error instanceof Skip && !process.env.CI) {
        counts.skipped += 1;
        console.log(`  skip  ${title}: ${error.message}`);
        return undefined;
      }
      counts.failed += 1;
      console.log(`  FAIL  ${title}: ${error instanceof Error ? error.message : error}`);
      if (!(error instanceof Skip) && error instanceof Error && error.name !== 'CheckError') console.log(error.stack);
      return undefined;
    }
  }
  return { counts, check };
}

class CheckError extends Error {
  name = 'CheckError';
}

export function expect(condition, message) {
  if (!condition) throw new CheckError(message);
}

export function expectEqual(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new CheckError(`${what}: expected ${b}, got ${a}`);
}
