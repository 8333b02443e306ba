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
