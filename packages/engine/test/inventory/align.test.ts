import { expect, it } from 'vitest';
import { alignWithQueue } from '../../src/inventory/align.ts';
import { openSqliteInventory } from '../../src/stores/sqlite/inventory/open.ts';
import { FakeClock } from '../support/fake-clock.ts';

const WATCH = { directoryId: '2', recursive: true, path: '/w' };
const queueAt = (position: string) => ({
  log: { partitions: 1 },
  reader: () => Promise.resolve({ position, state: null }),
});

it('an inventory beside the queue is kept while it is where the reader is, or one stretch ahead, and else made anew', async () => {
  const store = await openSqliteInventory('', WATCH, { clock: new FakeClock(), groupWaitMs: 0 });
  const isKnown = () => store.record().wholeSince !== undefined;
  await store.commit(() => {
    store.setRecord({ wholeSince: 1 });
    store.setNote(0, { after: '3', until: '5', verdicts: {} });
  }, 'now');
  await alignWithQueue(store, queueAt('5'));
  expect(isKnown()).toBe(true);
  await alignWithQueue(store, queueAt('3'));
  expect(isKnown()).toBe(true);
  // Another machine has read on.
  await alignWithQueue(store, queueAt('9'));
  expect(isKnown()).toBe(false);
  // A queue that is new is told.
  expect(await alignWithQueue(store, queueAt(''))).toBe(true);
  expect(await alignWithQueue(store, queueAt(''))).toBe(false);
  expect(await alignWithQueue(store, queueAt('9'))).toBe(false);
  expect(store.note(0)).toEqual({ after: '9', until: '9', verdicts: {} });
  store.close();
});
