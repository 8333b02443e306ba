// What a test says when something does not hold, and how it waits for something to come true.
import { setTimeout as sleep } from 'node:timers/promises';

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}

export function expectEqual(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  expect(a === b, `${what}: expected ${b}, got ${a}`);
}

/** Looks again and again until `look` returns something true, and returns that. `describe` says, at the end of patience, what there was instead. */
export async function eventually(what, look, { withinMs = 60_000, everyMs = 200, describe = () => '' } = {}) {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > until) throw new Error(`not within ${withinMs / 1000} s: ${what}\n${await describe()}`);
    await sleep(everyMs);
  }
}
