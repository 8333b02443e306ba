import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is neither undefined nor false. Throws after `withinMs`, with what it waited for. */
export async function waitFor(what, ask, { everyMs = 50, withinMs = 120_000 } = {}) {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await sleep(everyMs);
  }
}
