import { afterEach, describe, expect, it } from 'vitest';
import { connectionError } from '../support/fake-cluster.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

describe('a new file', () => {
  it('gets its retention lock when it has been quiet for the interval, not earlier', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(14_900);
    expect(rig.lock('/records/a.pdf')).toBeNull();
    await rig.clock.advance(200);
    expect(rig.lock('/records/a.pdf')).toBe('2027-11-23T10:00:16Z');
    expect(rig.of('locked')).toMatchObject([
      { path: '/records/a.pdf', how: 'created', retentionPeriod: '2027-11-23T10:00:16Z' },
    ]);
    expect(await rig.filelock?.status()).toMatchObject({ seen: 1, locked: 1, pending: 0 });
  });

  it('settles anew with every write', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    for (let second = 0; second < 40; second += 10) {
      await rig.clock.advance(10_000);
      rig.cluster.write('/records/a.pdf');
    }
    await rig.clock.advance(14_900);
    expect(rig.lock('/records/a.pdf')).toBeNull();
    await rig.clock.advance(200);
    expect(rig.lock('/records/a.pdf')).not.toBeNull();
  });

  it('is locked under its new name when renamed into place, and never as a temporary file', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf.tmp');
    await rig.clock.advance(20_000);
    expect(rig.of('seen')).toEqual([]);
    rig.cluster.rename('/records/a.pdf.tmp', '/records/a.pdf');
    await rig.clock.advance(15_100);
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
  });

  it('is forgotten when deleted meanwhile: information, not an error', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(5000);
    rig.cluster.remove('/records/a.pdf');
    await rig.clock.advance(20_000);
    expect(rig.of('forgotten')).toMatchObject([{ path: '/records/a.pdf', reason: 'gone' }]);
    expect(rig.of('failed')).toEqual([]);
    expect(rig.cluster.calls.filter(({ operation }) => operation === 'patchFileLock')).toEqual([]);
  });

  it.each([1000, 400])(
    'with an interval of %i ms too is not locked while it is written, told or not',
    async (intervalMs) => {
      await rig.start({ policy: { intervalMs } });
      rig.cluster.create('/records/a.pdf');
      await rig.clock.advance(intervalMs / 10);
      rig.cluster.fault = (operation) =>
        operation === 'notify' ? Promise.reject(connectionError('refused')) : undefined;
      rig.cluster.endStreams();
      await rig.clock.advance(intervalMs * 0.8);
      rig.cluster.write('/records/a.pdf');
      await rig.clock.advance(intervalMs * 0.9);
      expect(rig.lock('/records/a.pdf')).toBeNull();
      await rig.clock.advance(intervalMs);
      expect(rig.lock('/records/a.pdf')).not.toBeNull();
    },
  );

  it('with interval 0 costs one call, the PATCH', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    const node = rig.cluster.create('/records/a.pdf');
    await rig.clock.settle();
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
    expect(rig.cluster.calls.filter(({ ref }) => ref === node.id)).toEqual([
      { operation: 'patchFileLock', ref: node.id, body: { retention_period: '2027-11-23T10:00:01Z' } },
    ]);
  });
});
