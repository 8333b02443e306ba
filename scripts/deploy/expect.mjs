// What a test says when something does not hold, and how it waits for something to come true.
import { setTimeout as sleep } from 'node:timers/promises';

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}

export function expectEqual(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  expect(a === b, `${what}: expected ${b}, got ${a}`);
}

/** So long that a machine with other work does not fail; what holds is seen at once. */
const PATIENCE_MS = 240_000;

/** Looks again and again until `look` returns something true, and returns that. `describe` says, at the end of patience, what there was instead. */
export async function eventually(what, look, { withinMs = PATIENCE_MS, everyMs = 500, describe = () => '' } = {}) {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > until) throw new Error(`not within ${withinMs / 1000} s: ${what}\n${describe()}`);
    await sleep(everyMs);
  }
}
