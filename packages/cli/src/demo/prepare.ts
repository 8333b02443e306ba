import type { QumuloClient } from '@qwarden/qumulo-client';
import { moveClock } from './control.ts';
import { PLACES } from './places.ts';
import type { Truth } from './truth.ts';
import { ensureDirectory, type WriterContext, writeWhole } from './writers/index.ts';

const OLD_MS = 60_000;

/** What writers work with; `pause` and `ending` are given when they run. */
export type Preparation = Omit<WriterContext, 'pause' | 'ending'>;

export function writerContext(
  client: QumuloClient,
  truth: Truth,
  seed: number,
  readOnlyInForce: () => boolean,
): Preparation {
  let state = seed >>> 0;
  const random = (): number => {
    // mulberry32: small, seeded, good enough to vary names and sizes
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const { records, staging } = PLACES;
  return { client, truth, records, staging, readOnlyInForce, random, now: () => Date.now() };
}

/** The directories, and some files that were there before the watch began: those must stay as they are. */
export async function prepare(context: Preparation, port: number): Promise<void> {
  for (const name of [PLACES.records, PLACES.staging, PLACES.shares, PLACES.incoming])
    await ensureDirectory(context, '/', name.slice(1));
  await ensureDirectory(context, PLACES.shares, PLACES.finished.slice(PLACES.shares.length + 1));
  await archive(context, port);
}

/** Made a while ago by the cluster's clock: what looks for changes in a gap must see none here. */
async function archive(context: Preparation, port: number): Promise<void> {
  await moveClock(port, -OLD_MS);
  const directory = await ensureDirectory(context, PLACES.records, 'archive-2019');
  for (let number = 1; number <= 5; number += 1) {
    const name = `old-${number}.pdf`;
    context.truth.left(await writeWhole(context, directory, name), `${directory}/${name}`, context.now(), 'existing');
  }
  await moveClock(port, OLD_MS);
}
