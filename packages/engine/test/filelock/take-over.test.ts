import { afterEach, describe, expect, it } from 'vitest';
import { parseRetention } from '../../src/index.ts';
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
