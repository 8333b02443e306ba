// Other work on the machine spoils a measurement: each waits for a moment in which there is little of it.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tick } from './progress.mjs';

const LOOK_MS = 400;
const CALM = 0.15;
let longestMs = 60_000;

/** From here on nothing is waited for: a first look. */
export function hurry() {
  longestMs = 0;
}

/** Resolves with the share of the machine that is busy (0 to 1): below 0.15, or whatever it is after a minute. NaN where /proc does not tell. */
export async function calm() {
  const end = Date.now() + longestMs;
  for (;;) {
    const busy = await busyShare();
    if (!(busy > CALM) || Date.now() >= end) return busy;
    tick(`waiting for a calm machine, ${Math.round(busy * 100)} % busy`);
  }
}

async function busyShare() {
  const before = ticks();
  await sleep(LOOK_MS);
  const after = ticks();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

/** Of all processors together, since the start of the system. */
function ticks() {
  try {
    const fields = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0].trim().split(/\s+/).slice(1).map(Number);
    return { idle: fields[3] + fields[4], all: fields.slice(0, 8).reduce((sum, field) => sum + field, 0) };
  } catch {
    return { idle: Number.NaN, all: Number.NaN };
  }
}
