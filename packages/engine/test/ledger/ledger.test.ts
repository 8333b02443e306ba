import { afterEach, describe, expect, it } from 'vitest';
import { openLedger, verifyLedger, type VerifyRow } from '../../src/index.ts';
import { all } from '../contract/queue-store.fixtures.ts';
import { apiError } from '../support/fake-cluster.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

async function someFiles(): Promise<void> {
  rig.cluster.create('/records/old.pdf');
  rig.cluster.mkdir('/records/a');
  rig.cluster.mkdir('/records/ab');
  await rig.start({ policy: { legalHold: true } });
  rig.cluster.create('/records/a/1.pdf');
  rig.cluster.create('/records/ab/2.pdf');
  const refused = rig.cluster.create('/records/refused.pdf');
  rig.cluster.fault = (operation, ref) => {
    if (operation === 'patchFileLock' && ref === refused.id) throw apiError(403, 'fs_access_denied_error', 'no');
  };
  await rig.clock.advance(16_000);
  rig.cluster.create('/records/pending.pdf');
  await rig.clock.settle();
}

async function verify(options = {}): Promise<VerifyRow[]> {
  const ledger = await openLedger(rig.stateDir);
  const rows: VerifyRow[] = [];
  for await (const row of verifyLedger(ledger, rig.cluster, options)) rows.push(row);
  await ledger.close();
  return rows.sort((a, b) => (a.path < b.path ? -1 : 1));
}

describe('the ledger, read beside the running process', () => {
  it('answers which files have a retention lock, until when, and why', async () => {
    await someFiles();
    const ledger = await openLedger(rig.stateDir);
    const of = async (query: Parameters<typeof ledger.list>[0]) =>
      (await all(ledger.list(query))).map(({ path }) => path).sort();
    expect(await all(ledger.list({ path: '/records/a/1.pdf' }))).toMatchObject([
      {
        path: '/records/a/1.pdf',
        state: 'locked',
        retentionPeriod: '2027-11-23T10:00:16Z',
        legalHold: true,
        why: 'filelock /records --recursive --retention 1y --legal-hold',
        how: 'created',
        attempts: 1,
      },
    ]);
    expect(await of({})).toEqual([
      '/records/a/1.pdf',
      '/records/ab/2.pdf',
      '/records/pending.pdf',
      '/records/refused.pdf',
    ]);
    expect(await of({ path: '/records/a' })).toEqual(['/records/a/1.pdf']);
    expect(await of({ path: '/records/a*/*.pdf' })).toEqual(['/records/a/1.pdf', '/records/ab/2.pdf']);
    expect(await of({ pending: true })).toEqual(['/records/pending.pdf']);
    expect(await of({ failed: true })).toEqual(['/records/refused.pdf']);
    expect(await of({ held: true })).toEqual(['/records/a/1.pdf', '/records/ab/2.pdf']);
    expect(await of({ until: '2027-11-23T10:00:15Z' })).toEqual([]);
    expect(await of({ until: '2030-01-01' })).toEqual(['/records/a/1.pdf', '/records/ab/2.pdf']);
    expect(await of({ after: '2030-01-01' })).toEqual([]);
    expect(await of({ states: ['existing'] })).toEqual(['/records/old.pdf']);
    expect(await of({ limit: 2 })).toHaveLength(2);
    expect(await ledger.counts()).toMatchObject({ locked: 2, pending: 1, failed: 1, existing: 1 });
    expect(await ledger.watches()).toMatchObject([
      { path: '/records', recursive: true, baselineDone: true, epochs: 1 },
    ]);
    await ledger.close();
  });

  it('keeps the answer of the cluster why a file failed', async () => {
    await someFiles();
    const ledger = await openLedger(rig.stateDir);
    expect(await all(ledger.list({ failed: true }))).toMatchObject([
      { lastError: '403 fs_access_denied_error: no', attempts: 1 },
    ]);
    await ledger.close();
  });

  it('has ids beyond 2^53 exactly', async () => {
    await rig.start();
    const id = '18446744065119617025';
    rig.cluster.tree.add('/records/big.pdf', 'FS_FILE_TYPE_FILE', rig.cluster.now(), id);
    rig.cluster.tellRaw([{ type: 'child_file_added', path: 'big.pdf', spine: [id], stream_name: null }]);
    await rig.clock.advance(16_000);
    const ledger = await openLedger(rig.stateDir);
    expect(await ledger.find(id)).toMatchObject([{ fileId: id, state: 'locked' }]);
    await ledger.close();
  });
});

describe('verify', () => {
  it('is content when all is as recorded', async () => {
    await someFiles();
    expect((await verify()).map(({ path, verdict, ok }) => [path, verdict, ok])).toEqual([
      ['/records/a/1.pdf', 'same', true],
      ['/records/ab/2.pdf', 'same', true],
      ['/records/pending.pdf', 'pending', true],
      ['/records/refused.pdf', 'not-locked', false],
    ]);
  });

  it('finds every kind of drift', async () => {
    await rig.start({ policy: { legalHold: true } });
    const names = ['longer', 'shorter', 'none', 'hold', 'gone', 'unreadable'];
    for (const name of names) rig.cluster.create(`/records/${name}.pdf`);
    await rig.clock.advance(16_000);
    await rig.stop();
    const node = (name: string) => rig.cluster.tree.get(`/records/${name}.pdf`);
    node('longer').lock.retention_period = '2040-01-01T00:00:00Z';
    node('shorter').lock.retention_period = '2027-01-01T00:00:00Z';
    node('none').lock.retention_period = null;
    node('hold').lock.legal_hold = false;
    const refused = node('unreadable').id;
    rig.cluster.tree.unlink('/records/gone.pdf');
    rig.cluster.fault = (operation, ref) => {
      if (operation === 'getAttributes' && ref === refused) throw apiError(403, 'fs_access_denied_error', 'no');
    };
    rig.cluster.tree.add('/records/unknown.pdf', 'FS_FILE_TYPE_FILE', rig.cluster.now());
    rig.cluster.tree.add('/records/unknown.tmp', 'FS_FILE_TYPE_FILE', rig.cluster.now());
    await rig.clock.advance(60_000);
    expect((await verify()).map(({ path, verdict, ok }) => [path.slice('/records/'.length), verdict, ok])).toEqual([
      ['gone.pdf', 'missing', false],
      ['hold.pdf', 'hold-missing', false],
      ['longer.pdf', 'longer', true],
      ['none.pdf', 'not-locked', false],
      ['shorter.pdf', 'shorter', false],
      ['unknown.pdf', 'not-in-ledger', false],
      ['unreadable.pdf', 'unreadable', false],
    ]);
  });

  it('asks for as many files at once as it was told, not more', async () => {
    await rig.start();
    for (let i = 0; i < 30; i += 1) rig.cluster.create(`/records/${i}.pdf`);
    await rig.clock.advance(16_000);
    let [now, most] = [0, 0];
    rig.cluster.fault = async (operation) => {
      if (operation !== 'getAttributes') return;
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      now -= 1;
    };
    expect(await verify({ concurrency: 4, walk: false })).toHaveLength(30);
    expect(most).toBe(4);
  });
});
