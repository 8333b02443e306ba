import { afterEach, describe, expect, it } from 'vitest';
import { connectionError } from '../support/fake-cluster.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

/** What is below it is left out; what comes from there under a covered name is new. */
const OPTIONS = { policy: { exclude: ['private/**'] } };
const settled = () => rig.clock.advance(60_000);

async function begin(...directories: string[]): Promise<void> {
  for (const directory of ['/records/private', ...directories]) rig.cluster.mkdir(directory);
}

/** The stream has ended and begun again; the gap stays open, for no walk comes to its end. */
async function gap(happens: () => void): Promise<void> {
  rig.cluster.fault = (operation) => (operation === 'walk' ? Promise.reject(connectionError('reset')) : undefined);
  rig.cluster.endStreams();
  happens();
  await rig.clock.advance(1000);
  expect(rig.cluster.openStreams).toBe(1);
}

async function closed(): Promise<void> {
  rig.cluster.fault = () => undefined;
  await settled();
}

describe('what comes from a place that is left out, told in part by the stream and in part by nobody', () => {
  it('in a directory that was put, before everybody, into one that nobody knew, and left that in the next gap', async () => {
    await begin('/records/private/box');
    rig.cluster.create('/records/private/box/a.pdf');
    await rig.start(OPTIONS);
    await gap(() => rig.cluster.mkdir('/records/private/unknown'));
    rig.cluster.rename('/records/private/box', '/records/private/unknown/box');
    await rig.clock.advance(1000);
    await gap(() => rig.cluster.rename('/records/private/unknown/box', '/records/aaa'));
    await closed();
    expect(rig.paths('locked')).toEqual(['/records/aaa/a.pdf']);
  });

  it('in a directory that nobody knew, and left it in the next gap with all that was in it', async () => {
    await begin();
    await rig.start(OPTIONS);
    await gap(() => rig.cluster.mkdir('/records/private/unknown'));
    rig.cluster.create('/records/private/unknown/a.pdf');
    await rig.clock.advance(1000);
    await gap(() => rig.cluster.rename('/records/private/unknown', '/records/known'));
    await closed();
    expect(rig.paths('locked')).toEqual(['/records/known/a.pdf']);
  });

  it('out of a directory that is renamed to a covered name before the walk', async () => {
    await begin('/records/private/d');
    rig.cluster.create('/records/private/d/a.pdf');
    await rig.start(OPTIONS);
    await gap(() => rig.cluster.rename('/records/private/d/a.pdf', '/records/a.pdf'));
    rig.cluster.rename('/records/private/d', '/records/d');
    await rig.clock.advance(1000);
    await closed();
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
  });

  it('in a directory that got a covered name in a gap, and another before the walk', async () => {
    await begin('/records/private/d');
    rig.cluster.create('/records/private/d/a.pdf');
    await rig.start(OPTIONS);
    await gap(() => rig.cluster.rename('/records/private/d', '/records/d1'));
    rig.cluster.rename('/records/d1', '/records/d2');
    await rig.clock.advance(1000);
    await closed();
    expect(rig.paths('locked')).toEqual(['/records/d2/a.pdf']);
  });

  it('under a covered name that it got in a gap, and another before the walk', async () => {
    await begin();
    rig.cluster.create('/records/private/a.pdf');
    await rig.start(OPTIONS);
    await gap(() => rig.cluster.rename('/records/private/a.pdf', '/records/a1.pdf'));
    rig.cluster.rename('/records/a1.pdf', '/records/a2.pdf');
    await closed();
    expect(rig.paths('locked')).toEqual(['/records/a2.pdf']);
  });

  it('in a directory that was put there in a gap, as the stream shows that tells of something in it, and left in the next', async () => {
    await begin('/records/d');
    rig.cluster.mkdir('/records/d/deep');
    await rig.start(OPTIONS);
    await gap(() => rig.cluster.rename('/records/d', '/records/private/d'));
    rig.cluster.create('/records/private/d/deep/a.pdf');
    rig.cluster.create('/records/private/d/b.pdf');
    await rig.clock.advance(1000);
    await gap(() => {
      rig.cluster.rename('/records/private/d/deep/a.pdf', '/records/a.pdf');
      rig.cluster.rename('/records/private/d', '/records/d2');
    });
    await closed();
    expect(rig.paths('locked')).toEqual(['/records/a.pdf', '/records/d2/b.pdf']);
  });

  it('in a directory that is renamed twice before anybody has looked into it', async () => {
    await begin('/records/private/d');
    rig.cluster.create('/records/private/d/a.pdf');
    await rig.start(OPTIONS);
    rig.cluster.rename('/records/private/d', '/records/d1');
    rig.cluster.rename('/records/d1', '/records/d2');
    await settled();
    expect(rig.paths('locked')).toEqual(['/records/d2/a.pdf']);
  });
});

it('what is pending, and away when it is due, without anybody having told, is locked when it has come back likewise', async () => {
  await begin('/records/d', '/records/e');
  await rig.start(OPTIONS);
  for (const path of ['/records/d/a.pdf', '/records/e/b.pdf']) rig.cluster.create(path);
  await rig.clock.advance(1000);
  await gap(() => {
    rig.cluster.rename('/records/d', '/records/private/d');
    rig.cluster.rename('/records/e', '/e');
  });
  await rig.clock.advance(60_000);
  expect(rig.paths('locked')).toEqual([]);
  await gap(() => {
    rig.cluster.rename('/records/private/d', '/records/d2');
    rig.cluster.rename('/e', '/records/e2');
  });
  await closed();
  expect(rig.paths('locked')).toEqual(['/records/d2/a.pdf', '/records/e2/b.pdf']);
});

it('what is pending and was moved away, in a gap that is closed later, is left alone then', async () => {
  await begin('/records/d');
  await rig.start(OPTIONS);
  rig.cluster.create('/records/d/a.pdf');
  await rig.clock.advance(1000);
  await gap(() => rig.cluster.rename('/records/d', '/records/private/d'));
  await rig.clock.advance(60_000);
  await closed();
  await settled();
  expect(rig.paths('locked')).toEqual([]);
  expect(rig.of('skipped')).toHaveLength(1);
  expect((await rig.filelock?.status())?.pending).toBe(0);
});

describe('what was there before', () => {
  it('is not new, however often it is renamed under covered names, told or not', async () => {
    await begin('/records/d', '/records/box');
    rig.cluster.create('/records/d/a.pdf');
    rig.cluster.create('/records/box/b.pdf');
    rig.cluster.create('/records/c.pdf');
    await rig.start(OPTIONS);
    await gap(() => {
      rig.cluster.mkdir('/records/unknown');
      rig.cluster.rename('/records/d/a.pdf', '/records/a.pdf');
      rig.cluster.rename('/records/c.pdf', '/records/c1.pdf');
    });
    rig.cluster.rename('/records/d', '/records/d1');
    rig.cluster.rename('/records/box', '/records/unknown/box');
    rig.cluster.rename('/records/c1.pdf', '/records/c2.pdf');
    await rig.clock.advance(1000);
    await gap(() => {
      rig.cluster.rename('/records/d1', '/records/d2');
      rig.cluster.rename('/records/unknown/box', '/records/aaa');
      rig.cluster.rename('/records/unknown', '/records/unknown2');
    });
    rig.cluster.rename('/records/d2', '/records/d3');
    await closed();
    expect(rig.paths('locked')).toEqual([]);
  });
});
