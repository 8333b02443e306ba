import { afterEach, describe, expect, it } from 'vitest';
import { openQueueReader, parseRetention } from '../../src/index.ts';
import { apiError } from '../support/fake-cluster.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

/** Stops, and starts with another policy on the same state. */
async function again(policy: Parameters<Rig['start']>[0]): Promise<Rig> {
  if (rig.filelock !== undefined) await rig.stop();
  const later = new Rig(rig);
  rig = later;
  return await later.start(policy);
}

describe('what is pending when the policy changes', () => {
  it('gets the retention period of the policy as it is now', async () => {
    await rig.start({ policy: { retention: parseRetention('7y'), intervalMs: 60_000 } });
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(1000);
    await again({ policy: { retention: parseRetention('7d'), intervalMs: 60_000 } });
    await rig.clock.advance(120_000);
    expect(rig.of('locked')).toMatchObject([
      { path: '/records/a.pdf', retentionPeriod: expect.stringMatching(/^2026-1[12]/) },
    ]);
    expect((await rig.filelock?.status())?.pending).toBe(0);
  });

  it('also what is due already: nothing is left that could be begun with the policy from before', async () => {
    await rig.start({ policy: { retention: parseRetention('7y') } });
    for (let n = 0; n < 600; n += 1) rig.cluster.create(`/records/${n}.pdf`);
    await rig.clock.advance(1000);
    await rig.crash();
    await rig.clock.advance(60_000);
    rig = new Rig(rig);
    await rig.open({ policy: { retention: parseRetention('7d') } });
    const queue = await openQueueReader(rig.stateDir, rig.clock);
    expect(await queue.jobs.counts(rig.clock.now())).toMatchObject({ waiting: 0, due: 0 });
    await queue.close();
    rig.run();
    await rig.clock.advance(60_000);
    const until = rig.of('locked').map(({ retentionPeriod }) => retentionPeriod?.slice(0, 4));
    expect(until).toHaveLength(600);
    expect(new Set(until)).toEqual(new Set(['2026']));
  });

  it('is left alone when the policy does not cover it any more', async () => {
    await rig.start({ policy: { intervalMs: 60_000 } });
    rig.cluster.create('/records/a.pdf');
    rig.cluster.create('/records/b.csv');
    await rig.clock.advance(1000);
    await again({ policy: { intervalMs: 60_000, exclude: ['*.pdf'] } });
    await rig.clock.advance(120_000);
    expect(rig.paths('locked')).toEqual(['/records/b.csv']);
    expect(rig.lock('/records/a.pdf')).toBeNull();
    expect((await rig.filelock?.status())?.pending).toBe(0);
  });

  it('that failed for good is tried again, by the policy as it is now', async () => {
    await rig.start({ policy: { retention: parseRetention('7y') } });
    rig.cluster.create('/records/a.pdf');
    rig.cluster.fault = (operation) => {
      if (operation === 'patchFileLock') throw apiError(403, 'fs_access_denied_error', 'no');
    };
    await rig.clock.advance(60_000);
    expect(rig.of('failed')).toHaveLength(1);
    rig.cluster.fault = () => undefined;
    await again({ policy: { retention: parseRetention('7d') } });
    await rig.clock.advance(60_000);
    expect(rig.of('locked')).toMatchObject([{ retentionPeriod: expect.stringMatching(/^2026-1[12]/) }]);
  });

  it('that failed for good and was deleted then waits for nobody', async () => {
    await rig.start();
    rig.cluster.create('/records/gone.pdf');
    rig.cluster.create('/records/there.pdf');
    rig.cluster.fault = (operation) => {
      if (operation === 'patchFileLock') throw apiError(403, 'fs_access_denied_error', 'no');
    };
    await rig.clock.advance(20_000);
    expect(rig.of('failed')).toHaveLength(2);
    rig.cluster.remove('/records/gone.pdf');
    await rig.clock.advance(130_000);
    const queue = await openQueueReader(rig.stateDir, rig.clock);
    const dead: string[] = [];
    for await (const { path } of queue.jobs.list({ states: ['dead'] })) dead.push(path);
    await queue.close();
    expect(dead).toEqual(['/records/there.pdf']);
    expect(rig.of('forgotten')).toMatchObject([{ path: '/records/gone.pdf', reason: 'gone' }]);
    expect(rig.of('failed')).toHaveLength(2);
  });

  it('a directory that could not be looked into is so again', async () => {
    await rig.start();
    rig.cluster.mkdir('/in');
    rig.cluster.create('/in/a.pdf');
    rig.cluster.fault = (operation) => {
      if (operation === 'walk') throw apiError(403, 'fs_access_denied_error', 'no');
    };
    rig.cluster.rename('/in', '/records/in');
    await rig.clock.advance(60_000);
    expect(rig.paths('failed')).toEqual(['/records/in']);
    rig.cluster.fault = () => undefined;
    await again({});
    await rig.clock.advance(60_000);
    expect(rig.paths('locked')).toEqual(['/records/in/a.pdf']);
  });

  it('under another directory keeps the state from being used for this one; afterwards it may be', async () => {
    rig.cluster.mkdir('/other');
    await rig.start({ policy: { intervalMs: 60_000 } });
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(1000);
    await expect(again({ ref: '/other' })).rejects.toMatchObject({
      name: 'StateError',
      kind: 'other-watch',
      message: expect.stringMatching(/is that of \/records, recursive, where \/records\/a\.pdf .* still to be done/),
    });
    await rig.start({ policy: { intervalMs: 60_000 } });
    await rig.clock.advance(120_000);
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
    await again({ ref: '/other' });
    rig.cluster.create('/other/b.pdf');
    await rig.clock.advance(20_000);
    expect(rig.paths('locked')).toEqual(['/other/b.pdf']);
  });
});

describe('what is pending when the watched directory has got another name', () => {
  const byId = () => ({ ref: rig.cluster.tree.get('/archive').id, policy: { intervalMs: 60_000 } });

  it('while nobody watched it', async () => {
    await rig.start({ policy: { intervalMs: 60_000 } });
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(1000);
    await rig.crash();
    rig.cluster.rename('/records', '/archive');
    rig = new Rig(rig);
    await rig.start(byId());
    await rig.clock.advance(120_000);
    expect(rig.paths('locked')).toEqual(['/archive/a.pdf']);
  });

  it('while it was watched, right before the end', async () => {
    await rig.start({ policy: { intervalMs: 60_000 } });
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(1000);
    rig.cluster.rename('/records', '/archive');
    await rig.clock.advance(10_000);
    expect(rig.of('watch-renamed')).toHaveLength(1);
    rig.cluster.create('/archive/b.pdf');
    await rig.clock.advance(1000);
    await rig.crash();
    rig = new Rig(rig);
    await rig.start(byId());
    await rig.clock.advance(120_000);
    expect(rig.paths('locked')).toEqual(['/archive/a.pdf', '/archive/b.pdf']);
    // Once more: it is known by now under the new path alone.
    rig.cluster.create('/archive/c.pdf');
    await rig.clock.advance(1000);
    await again(byId());
    await rig.clock.advance(120_000);
    expect(rig.paths('locked')).toEqual(['/archive/c.pdf']);
  });
});
