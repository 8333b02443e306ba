import { expect, it } from 'vitest';
import { Recent } from '../../src/guard/recent.ts';
import { FakeClock } from '../support/fake-clock.ts';

it('keeps a value until its time is over', async () => {
  const clock = new FakeClock();
  const recent = new Recent<string>(clock);
  recent.set('short', 'a', clock.now() + 30_000);
  recent.set('long', 'b', clock.now() + 90_000);
  await clock.advance(60_000);
  recent.set('other', 'c', clock.now());
  expect([recent.get('short'), recent.get('long')]).toEqual([undefined, 'b']);
});

it('forgets what was set least recently when there is too much', () => {
  const recent = new Recent<number>(new FakeClock());
  for (let n = 0; n < 100_000; n += 1) recent.set(String(n), n, Number.POSITIVE_INFINITY);
  recent.set('0', 0, Number.POSITIVE_INFINITY);
  recent.set('one more', 1, Number.POSITIVE_INFINITY);
  expect([recent.get('0'), recent.get('1'), recent.get('2')]).toEqual([0, undefined, 2]);
});
