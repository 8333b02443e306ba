import { expect, it } from 'vitest';
import type { Change } from '../../src/events/change.ts';
import { LoopGuard } from '../../src/guard/guard.ts';
import type { ExpectationStore } from '../../src/queue/port.ts';
import { FakeClock } from '../support/fake-clock.ts';

const store = (): ExpectationStore => {
  let next = 0;
  return {
    add: (expectations) => Promise.resolve(expectations.map(() => (next += 1))),
    withdraw: () => Promise.resolve(),
    open: () => Promise.resolve([]),
  };
};

function change(type: Change['type'], path: string): Change {
  return {
    id: '1.0',
    type,
    fileId: '7',
    path,
    movedFrom: null,
    kind: 'file',
    stream: null,
    at: 0,
    lineage: 0,
  };
}

async function renamed(): Promise<{ guard: LoopGuard; clock: FakeClock }> {
  const clock = new FakeClock();
  const guard = await LoopGuard.open(store(), clock, false);
  await guard.effect(
    [{ fileId: '7', types: ['child_file_renamed'] }],
    ['stamp'],
    () => Promise.resolve(),
    () => false,
  );
  return { guard, clock };
}

it('what a walk finds is ours before its echo comes, and the echo still is', async () => {
  const { guard } = await renamed();
  expect(guard.found(change('child_file_added', '/in/done-a'))).toEqual(['stamp']);
  expect(guard.claim(change('child_file_moved_to', '/in/done-a'))?.causes).toEqual(['stamp']);
});

it('what a walk finds is ours after its echo has come, under that name only', async () => {
  const { guard } = await renamed();
  guard.claim(change('child_file_moved_to', '/in/done-a'));
  expect(guard.found(change('child_file_added', '/in/done-a'))).toEqual(['stamp']);
  expect(guard.found(change('child_file_added', '/in/b'))).toBeUndefined();
});

it('a name that others give afterwards is theirs', async () => {
  const { guard } = await renamed();
  guard.claim(change('child_file_moved_to', '/in/done-a'));
  expect(guard.claim(change('child_file_moved_to', '/in/a'))).toBeUndefined();
  expect(guard.found(change('child_file_moved_to', '/in/a'))).toBeUndefined();
  expect(guard.found(change('child_file_moved_to', '/in/done-a'))).toBeUndefined();
});

it('an echo that a walk stood in for is not awaited for long: a person who does the same later still counts', async () => {
  const { guard, clock } = await renamed();
  guard.found(change('child_file_added', '/in/done-a'));
  await clock.advance(10_001);
  expect(guard.claim(change('child_file_moved_to', '/in/done-a'))).toBeUndefined();
});

it('looks at what others expect once for all who ask at the same time, and anew for those who ask later', async () => {
  const looks: PromiseWithResolvers<Awaited<ReturnType<ExpectationStore['open']>>>[] = [];
  const slow: ExpectationStore = {
    ...store(),
    open: () => {
      const look = Promise.withResolvers<Awaited<ReturnType<ExpectationStore['open']>>>();
      looks.push(look);
      return look.promise;
    },
  };
  const clock = new FakeClock();
  const opening = LoopGuard.open(slow, clock, true);
  looks[0]?.resolve([]);
  const guard = await opening;
  const early = [guard.refresh(), guard.refresh()];
  await clock.settle();
  expect(looks).toHaveLength(2);
  const later = [guard.refresh(), guard.refresh(), guard.refresh()];
  await clock.settle();
  expect(looks).toHaveLength(2);
  looks[1]?.resolve([]);
  await Promise.all(early);
  await clock.settle();
  expect(looks).toHaveLength(3);
  looks[2]?.resolve([
    { id: 1, fileId: '7', type: 'child_file_moved_to', causes: ['other'], expiresAt: clock.now() + 1 },
  ]);
  await Promise.all(later);
  expect(guard.claim(change('child_file_moved_to', '/in/b'))?.causes).toEqual(['other']);
  const failing = guard.refresh();
  await clock.settle();
  looks[3]?.reject(new Error('away'));
  await expect(failing).rejects.toThrow('away');
  const last = guard.refresh();
  await clock.settle();
  looks[4]?.resolve([]);
  await last;
  expect(guard.size).toBe(0);
});

it('does not wait long for an echo that may not come, and less when another one of the effect has come', async () => {
  const clock = new FakeClock();
  const guard = await LoopGuard.open(store(), clock, false);
  const give = () =>
    guard.effect(
      [
        { fileId: '7', types: ['child_owner_changed'] },
        { fileId: '7', types: ['child_acl_changed'], maybe: true },
      ],
      ['own'],
      () => Promise.resolve(),
      () => false,
    );
  await give();
  expect(guard.claim(change('child_acl_changed', '/in/a'))?.causes).toEqual(['own']);
  expect(guard.claim(change('child_owner_changed', '/in/a'))?.causes).toEqual(['own']);
  await give();
  expect(guard.claim(change('child_owner_changed', '/in/a'))?.causes).toEqual(['own']);
  await clock.advance(21);
  expect(guard.claim(change('child_acl_changed', '/in/a'))).toBeUndefined();
  await give();
  await clock.advance(1001);
  expect(guard.claim(change('child_acl_changed', '/in/a'))).toBeUndefined();
  expect(guard.claim(change('child_owner_changed', '/in/a'))?.causes).toEqual(['own']);
});
