import { afterEach, describe, expect, it } from 'vitest';
import { parseRetention } from '../../src/index.ts';
import { apiError, connectionError } from '../support/fake-cluster.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

const settled = () => rig.clock.advance(16_000);
const patches = () => rig.cluster.calls.filter(({ operation }) => operation === 'patchFileLock');

describe('a retention lock that is there already', () => {
  it('stays when it ends later', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf').lock.retention_period = '2040-01-01T00:00:00Z';
    await settled();
    expect(rig.of('already-locked')).toMatchObject([{ retentionPeriod: '2040-01-01T00:00:00Z', shorter: false }]);
    expect(patches()).toEqual([]);
  });

  it('stays when it ends earlier, and says so', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf').lock.retention_period = '2027-01-01T00:00:00Z';
    await settled();
    expect(rig.of('already-locked')).toMatchObject([{ retentionPeriod: '2027-01-01T00:00:00Z', shorter: true }]);
    expect(patches()).toEqual([]);
  });

  it('is extended with --extend', async () => {
    await rig.start({ policy: { extend: true } });
    rig.cluster.create('/records/a.pdf').lock.retention_period = '2027-01-01T00:00:00Z';
    await settled();
    expect(rig.of('locked')).toMatchObject([{ retentionPeriod: '2027-11-23T10:00:16Z' }]);
  });

  it('counts as none once it is over', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf').lock.retention_period = '2026-01-01T00:00:00Z';
    await settled();
    expect(rig.of('locked')).toHaveLength(1);
  });
});

describe('legal hold', () => {
  it('alone leaves retention untouched', async () => {
    await rig.start({ policy: { retention: undefined, legalHold: true } });
    rig.cluster.create('/records/a.pdf');
    await settled();
    expect(patches().map(({ body }) => body)).toEqual([{ legal_hold: true }]);
    expect(rig.of('locked')).toMatchObject([{ retentionPeriod: null, legalHold: true }]);
  });

  it('together with a retention period goes in one call', async () => {
    await rig.start({ policy: { legalHold: true, intervalMs: 0 } });
    rig.cluster.create('/records/a.pdf');
    await rig.clock.settle();
    expect(patches().map(({ body }) => body)).toEqual([{ retention_period: '2027-11-23T10:00:01Z', legal_hold: true }]);
  });

  it('is never sent as false', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    await settled();
    expect(patches().every(({ body }) => !JSON.stringify(body).includes('legal_hold'))).toBe(true);
  });
});

describe('two equal readings', () => {
  it('a change between them is refused by the cluster and settles anew', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    let once = true;
    rig.cluster.beforePatch = () => {
      if (once) rig.cluster.write('/records/a.pdf');
      once = false;
    };
    await settled();
    expect(rig.of('locked')).toEqual([]);
    expect(rig.lock('/records/a.pdf')).toBeNull();
    await settled();
    expect(rig.of('locked')).toHaveLength(1);
  });

  it('differing readings although the cluster said yes are an error with the reason', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    rig.cluster.beforePatch = (node) => {
      node.size += 5;
    };
    await settled();
    expect(rig.of('failed')).toMatchObject([
      { reason: 'Retention lock set while the file was changing: size 0, then 5' },
    ]);
  });

  it('a change that came without an event is seen at the first reading', async () => {
    await rig.start();
    const node = rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(10_000);
    node.mtime = rig.cluster.now();
    node.data += 1;
    await rig.clock.advance(10_000);
    expect(rig.of('locked')).toEqual([]);
    await rig.clock.advance(6000);
    expect(rig.of('locked')).toHaveLength(1);
  });

  it('a modification time in the future proves no change', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf').mtime = Date.parse('2040-01-01T00:00:00Z');
    await settled();
    expect(rig.of('locked')).toHaveLength(1);
  });

  it('a read-back that lacks what was asked is an error', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    const patch = rig.cluster.files.patchFileLock;
    rig.cluster.files.patchFileLock = async (...args) => {
      const answer = await patch(...args);
      return { ...answer, data: { ...answer.data, lock: { legal_hold: false, retention_period: null } } };
    };
    rig.cluster.create('/records/a.pdf');
    await rig.clock.settle();
    expect(rig.of('failed')).toMatchObject([{ reason: expect.stringContaining('read back none') }]);
  });
});

describe('the clock of the cluster', () => {
  it('decides, and its skew is told', async () => {
    rig.cluster.skew = 3_600_000;
    await rig.start({ policy: { intervalMs: 0 } });
    rig.cluster.create('/records/a.pdf');
    await rig.clock.settle();
    expect(rig.lock('/records/a.pdf')).toBe('2027-11-23T11:00:01Z');
    expect(rig.of('skew')).toMatchObject([{ skewMs: 3_600_000 }]);
  });

  it('is not told again when the start-up check has told it, but when it moves on', async () => {
    rig.cluster.skew = 3_600_000;
    await rig.start({ policy: { intervalMs: 0 }, skewToldMs: 3_599_000 });
    expect(rig.of('skew')).toEqual([]);
    rig.cluster.skew = 7_200_000;
    await rig.clock.advance(10_000);
    expect(rig.of('skew')).toMatchObject([{ skewMs: 7_200_000 }]);
  });

  it('when it jumps ahead under a PATCH, the period is extended once, never left short', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    rig.cluster.beforePatch = () => {
      rig.cluster.skew = 7_200_000;
    };
    rig.cluster.create('/records/a.pdf');
    await rig.clock.settle();
    expect(rig.lock('/records/a.pdf')).toBe('2027-11-23T12:00:01Z');
    expect(rig.of('locked')).toMatchObject([{ note: expect.stringContaining('jumped') }]);
  });
});

describe('--wait-for-close', () => {
  it('asks again while an SMB client has the file open, and tells it once', async () => {
    await rig.start({ policy: { waitForClose: true } });
    const node = rig.cluster.create('/records/a.pdf');
    rig.cluster.openFilesOf.add(node.id);
    await rig.clock.advance(60_000);
    expect(rig.of('locked')).toEqual([]);
    expect(rig.of('still-open')).toMatchObject([{ path: '/records/a.pdf' }]);
    rig.cluster.openFilesOf.clear();
    await settled();
    expect(rig.of('locked')).toHaveLength(1);
  });
});

describe('dry run', () => {
  it('says what it would do and changes nothing', async () => {
    await rig.start({ dryRun: true, policy: { legalHold: true } });
    rig.cluster.create('/records/a.pdf');
    await settled();
    expect(rig.of('would-lock')).toMatchObject([
      { path: '/records/a.pdf', retentionPeriod: '2027-11-23T10:00:16Z', legalHold: true },
    ]);
    expect(patches()).toEqual([]);
    expect(await rig.filelock?.status()).toMatchObject({ wouldLock: 1, locked: 0 });
  });

  it('leaves no trace: a real run afterwards begins with its own inventory', async () => {
    await rig.start({ dryRun: true });
    rig.cluster.create('/records/a.pdf');
    await settled();
    await rig.stop();
    const real = new Rig(rig);
    await real.start();
    await real.clock.advance(16_000);
    expect(real.of('existing-found')).toMatchObject([{ count: 1 }]);
    expect(real.of('locked')).toEqual([]);
    await real.crash();
  });
});

describe('errors', () => {
  it('transient ones are retried without limit, told once, and their end too', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    let left = 20;
    rig.cluster.fault = (operation) => {
      if (operation !== 'patchFileLock' || left <= 0) return;
      left -= 1;
      throw apiError(500, 'internal_error', 'oops');
    };
    await rig.clock.advance(1_200_000);
    expect(rig.of('retrying')).toMatchObject([{ reason: '500 internal_error: oops' }]);
    expect(rig.of('locked')).toMatchObject([{ attempt: 21 }]);
    expect(rig.of('recovered')).toMatchObject([{ scope: 'file', path: '/records/a.pdf' }]);
  });

  it('no space is one that passes: somebody makes room', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    let full = true;
    rig.cluster.fault = (operation) => {
      if (full && operation === 'patchFileLock') throw apiError(507, 'fs_no_space_error', 'no space');
    };
    await rig.clock.advance(60_000);
    expect(rig.of('failed')).toEqual([]);
    expect(rig.of('retrying')).toMatchObject([{ path: '/records/a.pdf' }]);
    full = false;
    await rig.clock.advance(120_000);
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
  });

  it('permanent ones are told once with a remedy, counted, and tried again at the next start', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    rig.cluster.fault = (operation) => {
      if (operation === 'patchFileLock') throw apiError(403, 'fs_access_denied_error', 'no');
    };
    await rig.clock.advance(300_000);
    expect(rig.of('failed')).toMatchObject([
      { status: 403, remedy: expect.stringContaining('PRIVILEGE_FS_FILE_LOCK_WRITE') },
    ]);
    expect(await rig.filelock?.status()).toMatchObject({ failed: 1, pending: 0 });
    await rig.stop();
    rig.cluster.fault = () => undefined;
    const later = new Rig(rig);
    await later.start();
    await later.clock.settle();
    expect(later.paths('locked')).toEqual(['/records/a.pdf']);
    await later.crash();
  });

  it('a file that is gone when it is due is forgotten', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(10_000);
    rig.cluster.tree.unlink('/records/a.pdf');
    await settled();
    expect(rig.of('forgotten')).toMatchObject([{ reason: 'gone' }]);
  });

  it('429 pauses for as long as the cluster asks', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    let refused = 0;
    rig.cluster.fault = (operation) => {
      if (operation !== 'patchFileLock' || refused > 0) return;
      refused += 1;
      throw apiError(429, 'too_many', 'slow down', 30_000);
    };
    rig.cluster.create('/records/a.pdf');
    await rig.clock.settle();
    rig.cluster.create('/records/b.pdf');
    await rig.clock.advance(29_000);
    expect(rig.of('throttled')).toMatchObject([{ delayMs: 30_000 }]);
    expect(rig.of('locked')).toEqual([]);
    await rig.clock.advance(2000);
    expect(rig.paths('locked')).toEqual(['/records/a.pdf', '/records/b.pdf']);
  });

  it('a cluster where every second call fails is told of now and then, not hundreds of times', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    let calls = 0;
    rig.cluster.fault = (operation) => {
      if (operation !== 'patchFileLock') return;
      calls += 1;
      if (calls % 2 === 1) throw apiError(503, 'unavailable', 'busy');
    };
    for (let i = 0; i < 200; i += 1) rig.cluster.create(`/records/${i}.pdf`);
    await rig.clock.advance(120_000);
    expect(rig.of('locked')).toHaveLength(200);
    const told = rig.of('throttled').filter(({ delayMs }) => delayMs < 1000).length;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(15);
    const ended = rig.of('recovered').filter(({ scope }) => scope === 'cluster').length;
    expect(ended).toBeGreaterThan(0);
    expect(ended).toBeLessThanOrEqual(rig.of('throttled').length);
  });

  it('a cluster that is down for an hour costs few calls and loses nothing', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    let down = true;
    rig.cluster.fault = (operation) => {
      if (down && operation === 'patchFileLock') throw connectionError('refused');
    };
    for (let i = 0; i < 200; i += 1) rig.cluster.create(`/records/${i}.pdf`);
    await rig.clock.advance(3_600_000);
    const calls = patches().length;
    expect(calls).toBeLessThan(900);
    down = false;
    await rig.clock.advance(120_000);
    expect(rig.of('locked')).toHaveLength(200);
    expect(rig.of('recovered').some(({ scope }) => scope === 'cluster')).toBe(true);
  });

  it('a token that is revoked pauses retention locks, keeps taking events, and is told loudly once', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    let revoked = true;
    rig.cluster.fault = (operation) => {
      if (revoked && operation === 'patchFileLock') throw apiError(401, 'unknown', 'unauthorized');
    };
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(60_000);
    rig.cluster.create('/records/b.pdf');
    await rig.clock.advance(60_000);
    expect(rig.of('refused')).toMatchObject([{ what: 'login' }]);
    expect(rig.of('failed')).toEqual([]);
    expect(await rig.filelock?.status()).toMatchObject({ pending: 2, seen: 2 });
    revoked = false;
    await rig.clock.advance(60_000);
    expect(rig.paths('locked')).toEqual(['/records/a.pdf', '/records/b.pdf']);
  });

  it('the answer to a PATCH that is lost: the retention lock is ours, told and counted once', async () => {
    await rig.start({ policy: { retention: parseRetention('7d') } });
    rig.cluster.create('/records/a.pdf');
    const patch = rig.cluster.files.patchFileLock;
    let lose = true;
    rig.cluster.files.patchFileLock = async (...args) => {
      const answer = await patch(...args);
      if (!lose) return answer;
      lose = false;
      throw connectionError('reset');
    };
    await rig.clock.advance(60_000);
    expect(rig.of('locked')).toMatchObject([
      { retentionPeriod: '2026-11-30T10:00:16Z', note: expect.stringContaining('earlier try') },
    ]);
    expect(rig.of('already-locked')).toEqual([]);
    expect(patches()).toHaveLength(1);
  });
});
