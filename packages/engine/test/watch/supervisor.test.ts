import { afterEach, describe, expect, it } from 'vitest';
import { notifyEventTypes } from '@qwarden/qumulo-client';
import { openLedger, StateError } from '../../src/index.ts';
import { all } from '../contract/queue-store.fixtures.ts';
import { WatchSupervisor } from '../../src/watch/supervisor.ts';
import { apiError, connectionError } from '../support/fake-cluster.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

const notifies = () => rig.cluster.calls.filter(({ operation }) => operation === 'notify').length;

describe('a stream that ends', () => {
  it('is opened again, and a server that closes at once is not hammered', async () => {
    await rig.start({ random: () => 0.5 });
    const files = rig.cluster.files as { notify: typeof rig.cluster.files.notify };
    const notify = files.notify;
    files.notify = async (...args) => {
      const stream = await notify(...args);
      stream.end({ reason: 'closed' });
      return stream;
    };
    rig.cluster.endStreams();
    await rig.clock.advance(600_000);
    expect(notifies()).toBeGreaterThan(10);
    expect(notifies()).toBeLessThan(70);
    files.notify = notify;
    await rig.clock.advance(40_000);
    expect((await rig.filelock?.status())?.stream).toBe('watching');
  });

  it('after a healthy minute begins its backoff anew', async () => {
    await rig.start({ random: () => 1 });
    for (let i = 0; i < 6; i += 1) {
      rig.cluster.endStreams();
      await rig.clock.advance(40_000);
    }
    await rig.clock.advance(70_000);
    rig.cluster.endStreams();
    await rig.clock.settle();
    expect(rig.of('stream-retry').at(-1)).toMatchObject({ attempt: 1, delayMs: 200 });
  });

  it('leaves a coverage record: epochs, gaps, and what closed each', async () => {
    await rig.start();
    rig.cluster.endStreams({ reason: 'silence' });
    await rig.clock.advance(5000);
    await rig.stop();
    const ledger = await openLedger(rig.stateDir);
    expect((await all(ledger.coverage())).map(({ endReason, gapClosedBy }) => [endReason, gapClosedBy])).toEqual([
      ['silence', 'baseline'],
      ['aborted', 'walk'],
    ]);
    await ledger.close();
  });

  it('while the walk that closes its gap runs: the walk is begun again after the next registration', async () => {
    await rig.start();
    let walks = 0;
    rig.cluster.fault = async (operation) => {
      if (operation !== 'walk') return;
      walks += 1;
      if (walks === 1) rig.cluster.endStreams();
      await rig.clock.sleep(100);
    };
    rig.cluster.endStreams();
    await rig.clock.advance(10_000);
    expect(rig.of('catch-up-finished').map(({ reason }) => reason)).toEqual(['baseline', 'gap']);
    expect(rig.of('catch-up-started')).toHaveLength(3);
  });

  it('because of too many events is a gap like any other', async () => {
    await rig.start();
    rig.cluster.endStreams({
      reason: 'refused',
      error: apiError(400, 'fs_watcher_missed_events_error', 'missed events'),
    });
    rig.cluster.create('/records/missed.pdf');
    await rig.clock.advance(20_000);
    expect(rig.paths('locked')).toEqual(['/records/missed.pdf']);
  });
});

describe('batches that cannot be kept yet', () => {
  it('are read until there is no room: then the stream waits, which is told once it lasts, and is read on when there is', async () => {
    const room = 4096;
    const taken: PromiseWithResolvers<void>[] = [];
    const told: string[] = [];
    const supervisor = new WatchSupervisor({
      cluster: rig.cluster,
      clock: rig.clock,
      random: () => 0.5,
      directoryId: rig.cluster.tree.get('/records').id,
      recursive: true,
      filter: notifyEventTypes,
      coverage: {
        openEpoch: () => Promise.resolve(1),
        registered: () => Promise.resolve(),
        ended: () => Promise.resolve(),
      },
      take: () => {
        rig.clock.activity += 1;
        const one = Promise.withResolvers<void>();
        taken.push(one);
        return one.promise;
      },
      onRegistered: () => undefined,
      onEnded: () => undefined,
      onRetry: () => undefined,
      onRefused: () => undefined,
      onPaused: () => told.push('paused'),
      onResumed: (afterMs) => told.push(`resumed after ${afterMs}`),
    });
    const stop = new AbortController();
    const running = supervisor.run(stop.signal);
    await rig.clock.settle();
    for (let n = 0; n < room + 2; n += 1)
      rig.cluster.tellRaw([{ type: 'child_file_added', path: `f${n}`, spine: ['2', String(n)], stream_name: null }]);
    await rig.clock.advance(900);
    expect(taken).toHaveLength(room);
    expect(told).toEqual([]);
    await rig.clock.advance(600);
    expect(taken).toHaveLength(room);
    expect(told).toEqual(['paused']);
    for (const { resolve } of taken) resolve();
    await rig.clock.settle();
    expect(told).toEqual(['paused', 'resumed after 1500']);
    expect(taken).toHaveLength(room + 2);
    stop.abort();
    expect(await running).toEqual({ kind: 'aborted' });
  });
});

describe('a batch that cannot be kept', () => {
  it('ends the watch at once, also when nothing more comes', async () => {
    const full = new StateError('disk-full', 'It is full.');
    const supervisor = new WatchSupervisor({
      cluster: rig.cluster,
      clock: rig.clock,
      random: () => 0.5,
      directoryId: rig.cluster.tree.get('/records').id,
      recursive: true,
      filter: notifyEventTypes,
      coverage: {
        openEpoch: () => Promise.resolve(1),
        registered: () => Promise.resolve(),
        ended: () => Promise.resolve(),
      },
      take: () => Promise.reject(full),
      onRegistered: () => void rig.cluster.create('/records/a.pdf'),
      onEnded: () => undefined,
      onRetry: () => undefined,
      onRefused: () => undefined,
      onPaused: () => undefined,
      onResumed: () => undefined,
    });
    const stop = new AbortController();
    let ended: unknown;
    supervisor.run(stop.signal).then(
      () => undefined,
      (error: unknown) => {
        ended = error;
      },
    );
    await rig.clock.settle();
    expect(ended).toBe(full);
    stop.abort();
  });
});

describe('a walk that fails', () => {
  it('is tried again until it is through; retention locks are set meanwhile', async () => {
    let broken = true;
    rig.cluster.fault = (operation) => {
      if (broken && operation === 'walk') throw connectionError('reset');
    };
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(60_000);
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
    expect(rig.of('catch-up-failed').length).toBeGreaterThan(2);
    broken = false;
    await rig.clock.advance(60_000);
    expect(rig.of('catch-up-finished')).toMatchObject([{ reason: 'baseline', files: 1 }]);
  });
});

describe('a cluster that refuses the watch', () => {
  it('the first time: the end, with the remedy', async () => {
    rig.cluster.fault = (operation) => {
      if (operation === 'notify') throw apiError(403, 'fs_access_denied_error', 'recursive notify is disabled');
    };
    await rig.start();
    const summary = await rig.summary;
    expect(summary).toMatchObject({ endReason: 'fatal' });
    expect(rig.of('fatal')).toMatchObject([
      { reason: expect.stringContaining('403'), remedy: expect.stringContaining('recursive') },
    ]);
  });

  it('later: it is told and tried again', async () => {
    await rig.start();
    let refused = true;
    rig.cluster.fault = (operation) => {
      if (refused && operation === 'notify') throw apiError(403, 'fs_access_denied_error', 'no');
    };
    rig.cluster.endStreams();
    await rig.clock.advance(120_000);
    expect(rig.of('refused').every(({ what }) => what === 'watch')).toBe(true);
    expect(rig.of('refused').length).toBeGreaterThan(1);
    refused = false;
    await rig.clock.advance(60_000);
    expect((await rig.filelock?.status())?.stream).toBe('watching');
  });

  it('with 401: the login is told, and tried again', async () => {
    rig.cluster.fault = (operation) => {
      if (operation === 'notify') throw apiError(401, 'unknown', 'unauthorized');
    };
    await rig.start();
    await rig.clock.advance(60_000);
    expect(rig.of('refused')[0]).toMatchObject({ what: 'login' });
    rig.cluster.fault = () => undefined;
    await rig.clock.advance(60_000);
    expect((await rig.filelock?.status())?.stream).toBe('watching');
  });
});

describe('the watched directory', () => {
  it('removed: the run ends and says so', async () => {
    await rig.start();
    rig.cluster.remove('/records');
    const summary = await rig.summary;
    expect(summary).toMatchObject({ endReason: 'watch-removed' });
    expect(rig.of('watch-removed')).toMatchObject([{ path: '/records' }]);
  });

  it('removed without a word on the stream: found out within a minute', async () => {
    await rig.start();
    rig.cluster.tree.unlink('/records');
    await rig.clock.advance(61_000);
    expect(await rig.summary).toMatchObject({ endReason: 'watch-removed' });
  });

  it('renamed: the watch goes on by its id, and paths follow', async () => {
    await rig.start();
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(1000);
    rig.cluster.rename('/records', '/archive');
    await rig.clock.advance(20_000);
    expect(rig.of('watch-renamed')).toMatchObject([{ oldPath: '/records', path: '/archive' }]);
    expect(rig.paths('locked')).toEqual(['/archive/a.pdf']);
  });

  it('given by its id is watched just the same', async () => {
    await rig.start({ ref: rig.cluster.tree.get('/records').id });
    rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(16_000);
    expect(rig.paths('locked')).toEqual(['/records/a.pdf']);
  });

  it('can be the root', async () => {
    await rig.start({ ref: '/' });
    rig.cluster.create('/records/a.pdf');
    rig.cluster.create('/b.pdf');
    await rig.clock.advance(16_000);
    expect(rig.paths('locked')).toEqual(['/b.pdf', '/records/a.pdf']);
  });
});

describe('events that are odd', () => {
  it('unknown types, no path, no ids, no spine: the file is found all the same where it can be', async () => {
    await rig.start();
    const node = rig.cluster.tree.add('/records/a.pdf', 'FS_FILE_TYPE_FILE', rig.cluster.now());
    rig.cluster.tellRaw([
      { type: 'child_new_in_release_9', path: 'x', spine: ['1', '2'], stream_name: null },
      { type: 'child_file_added', path: null, spine: ['999'], stream_name: null },
      { type: 'child_file_added', path: 'gone.pdf', spine: [], stream_name: null },
      { type: 'child_file_added', path: 'a.pdf', spine: [], stream_name: null },
    ]);
    await rig.clock.advance(16_000);
    expect(rig.of('locked')).toMatchObject([{ fileId: node.id }]);
    expect((await rig.filelock?.status())?.events).toBe(4);
  });

  it('a batch of thousands is taken in parts, in order, and each file once', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    const events = Array.from({ length: 2500 }, (_, i) => {
      const node = rig.cluster.tree.add(`/records/${i}.pdf`, 'FS_FILE_TYPE_FILE', rig.cluster.now());
      return { type: 'child_file_added', path: `${i}.pdf`, spine: ['1000', node.id], stream_name: null };
    });
    rig.cluster.tellRaw(events);
    await rig.clock.settle();
    expect(rig.of('seen').map(({ path }) => path)).toEqual(events.map(({ path }) => `/records/${path}`));
    expect(rig.of('locked')).toHaveLength(2500);
    expect((await rig.filelock?.status())?.events).toBe(2500);
  });

  it('the same batch twice: what is locked is looked at, and left as it is', async () => {
    await rig.start({ policy: { intervalMs: 0 } });
    const node = rig.cluster.tree.add('/records/a.pdf', 'FS_FILE_TYPE_FILE', rig.cluster.now());
    const batch = [{ type: 'child_file_added', path: 'a.pdf', spine: ['1000', node.id], stream_name: null }];
    rig.cluster.tellRaw(batch);
    await rig.clock.settle();
    rig.cluster.tellRaw(batch);
    await rig.clock.settle();
    expect(rig.of('locked')).toHaveLength(1);
    expect(rig.of('already-locked')).toHaveLength(1);
    expect(rig.cluster.calls.filter(({ operation }) => operation === 'patchFileLock')).toHaveLength(1);
  });

  it('changes of a named stream settle the file anew', async () => {
    await rig.start();
    const node = rig.cluster.create('/records/a.pdf');
    await rig.clock.advance(10_000);
    rig.cluster.tellRaw([
      { type: 'child_stream_data_written', path: 'a.pdf', spine: ['1000', node.id], stream_name: 'meta' },
    ]);
    await rig.clock.advance(10_000);
    expect(rig.of('locked')).toEqual([]);
    await rig.clock.advance(6000);
    expect(rig.of('locked')).toHaveLength(1);
  });
});
