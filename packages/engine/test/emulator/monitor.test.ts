import { afterEach, expect, it, describe } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import type { Action } from '../../src/actions/port.ts';
import { LiveMonitor } from '../support/live-monitor.ts';

let live: LiveMonitor;
afterEach(() => live.dispose());

const LOCK = `
version: 1
rules:
  - name: lock records
    on: [created, moved-in, renamed]
    where: { under: /records, not: { name: "*.part" } }
    settle: 0s
    do: [{ lock: { retention: 7d } }]
`;

const STAMP = `
version: 1
rules:
  - name: stamp
    on: [created, moved-in]
    where: { under: /in, extension: csv, not: { name: "done-*" } }
    settle: 0s
    do: [{ rename: { to: "done-{{name}}" } }]
`;

describe('monitor against the emulator over TLS', () => {
  it('locks what its rule is for, and nothing else', async () => {
    live = await LiveMonitor.open('/records', '/other');
    await live.start(LOCK);
    live.create('/other/a.pdf');
    live.create('/records/b.part');
    const id = live.create('/records/c.pdf');
    await live.done(1);
    expect(live.of('done')).toMatchObject([
      { fileId: id, path: '/records/c.pdf', note: expect.stringMatching(/^locked until/) },
    ]);
    const { data } = await live.client.files.getAttributes(id, { retrieveFileLock: true });
    expect(data.lock?.retention_period).toMatch(/Z$/);
    const summary = await live.stop();
    expect(summary).toMatchObject({ endReason: 'signal', counters: { matches: 1, done: 1 } });
  });

  it('puts no retention lock on what has become something else while it settled', async () => {
    live = await LiveMonitor.open('/records');
    const where = '{ under: /records, size: "< 10", mode: { none: "0111" }, created: "< 1d", locked: false }';
    await live.start(`
version: 1
rules:
  - name: lock small records
    on: [created, written]
    where: ${where}
    settle: 400ms
    do: [{ lock: { retention: 7d } }]
`);
    const grown = live.create('/records/grown');
    const small = live.create('/records/small');
    await live.until(() => live.of('matched').length >= 2);
    await live.client.files.writeData(grown, Buffer.alloc(20));
    await live.until(() => live.of('done').length > 0 && live.of('skipped').length > 0);
    expect(live.of('done')).toMatchObject([{ fileId: small, note: expect.stringMatching(/^locked until/) }]);
    expect(live.of('skipped')).toMatchObject([{ fileId: grown, note: 'the rule does not cover it as it is now' }]);
    const { data } = await live.client.files.getAttributes(grown, { retrieveFileLock: true });
    expect(data.lock?.retention_period ?? null).toBeNull();
  });

  it('locks what earlier steps of the same job have made of a file', async () => {
    live = await LiveMonitor.open('/in', '/kept');
    await live.start(`
version: 1
rules:
  - name: stamp and lock
    on: [created]
    where: { under: /in, name: "a*", mode: { any: "0222" } }
    settle: 100ms
    do: [{ rename: { to: "done-{{name}}" } }, { permissions: { mode: "0444" } }, { lock: { retention: 7d } }]
  - name: move and lock
    on: [created]
    where: { under: /in, name: "b*" }
    settle: 100ms
    do: [{ move: { to: /kept } }, { lock: { retention: 7d } }]
`);
    const ids = [live.create('/in/a'), live.create('/in/b')];
    const ended = () => live.of('done').length + live.of('skipped').length + live.of('gone').length;
    await live.until(() => ended() >= 5);
    expect([...live.of('skipped'), ...live.of('gone')]).toEqual([]);
    // The answer is lost: the next try finds the file where it is to be.
    live.emulator.faults.add({ operation: 'POST /v1/files/{ref}/entries/', times: 2, drop: 'after' });
    ids.push(live.create('/in/a2'), live.create('/in/b2'));
    await live.until(() => ended() >= 10);
    expect(
      live
        .of('skipped')
        .map(({ action }) => action)
        .toSorted(),
    ).toEqual(['move', 'rename']);
    for (const id of ids) {
      const { data } = await live.client.files.getAttributes(id, { retrieveFileLock: true });
      expect(data.lock?.retention_period).toMatch(/Z$/);
    }
  });

  it('a file that the cluster says nothing of holds up no other, and waits for a person', async () => {
    live = await LiveMonitor.open('/in');
    await live.start(`
version: 1
rules:
  - { name: sized, on: [created], where: { under: /in, size: "< 10" }, settle: 0s, do: [{ lock: { retention: 7d } }] }
  - { name: all, on: [created], where: { under: /in }, settle: 0s, do: [{ log: {} }] }
`);
    const refused = { status: 403, errorClass: 'fs_access_denied_error' };
    live.emulator.faults.add({ operation: 'GET /v1/files/{ref}/info/attributes', fail: refused });
    const id = live.create('/in/secret');
    await live.until(() => live.of('failed').length > 0 && live.of('done').length > 0);
    expect(live.of('failed')).toMatchObject([{ rule: 'sized', fileId: id, reason: expect.stringContaining('403') }]);
    expect(live.of('done')).toMatchObject([{ rule: 'all', fileId: id }]);
    live.emulator.faults.clear();
    live.create('/in/other');
    await live.until(() => live.of('done').length >= 3);
    // When the cause is gone it is decided as ever.
    const [dead] = (await live.monitor?.status())?.jobs.dead === 1 ? live.of('failed') : [];
    expect(dead?.fileId).toBe(id);
    const { data } = await live.client.files.getAttributes(id, { retrieveFileLock: true });
    expect(data.lock?.retention_period ?? null).toBeNull();
  });

  it('renames a file once: its own rename is recognised, a person’s is not taken for it', async () => {
    live = await LiveMonitor.open('/in');
    await live.start(STAMP);
    const id = live.create('/in/a.csv');
    await live.done(1);
    expect(await live.names('/in')).toEqual(['done-a.csv']);
    live.rename('/in/done-a.csv', '/in/a.csv');
    live.create('/in/b.csv');
    await live.done(2);
    // A rename within the directory is no arrival: the rule is not for it.
    expect(await live.names('/in')).toEqual(['a.csv', 'done-b.csv']);
    expect(live.of('done').map(({ fileId }) => fileId)[0]).toBe(id);
    await live.until(() => live.monitor !== undefined);
    expect((await live.monitor?.status())?.counters.ownEffects).toBeGreaterThanOrEqual(2);
  });

  it('renames a file that is written for long after its creation only when it is complete', async () => {
    live = await LiveMonitor.open('/in', '/ticks');
    const ticks = '  - { name: tick, on: created, where: { under: /ticks }, settle: 200ms, do: [{ log: {} }] }\n';
    await live.start(STAMP.replace('settle: 0s', 'settle: 1500ms') + ticks);
    const id = live.create('/in/a.csv');
    const done = () => live.of('done').filter(({ fileId }) => fileId === id);
    let last = 0;
    for (let n = 1; n <= 9; n += 1) {
      await live.client.files.writeData(id, Buffer.alloc(10 * n));
      last = Date.now();
      live.create(`/ticks/${n}`);
      await live.done(n);
      expect(done()).toEqual([]);
    }
    await live.until(() => done().length > 0);
    expect(Date.parse(done()[0]?.at ?? '') - last).toBeGreaterThanOrEqual(1400);
    const { data } = await live.client.files.getAttributes(id);
    expect(data).toMatchObject({ path: '/in/done-a.csv', size: '90' });
  });

  it('a file in a directory that is moved in gets its action too', async () => {
    live = await LiveMonitor.open('/records', '/other', '/other/box');
    const id = live.create('/other/box/a.pdf');
    await live.start(LOCK, { ref: '/records' });
    live.rename('/other/box', '/records/box');
    await live.until(() => live.of('done').some(({ action }) => action === 'lock'));
    expect(live.of('done').find(({ action }) => action === 'lock')).toMatchObject({
      fileId: id,
      path: '/records/box/a.pdf',
    });
  });

  it('what happened while it was away is found at the next start; what was pending is done', async () => {
    live = await LiveMonitor.open('/records');
    await live.start(LOCK);
    live.create('/records/a.pdf');
    await live.done(1);
    await live.stop();
    live.create('/records/b.pdf');
    await live.start(LOCK);
    await live.done(2);
    expect(live.of('done').map(({ path }) => path)).toEqual(['/records/a.pdf', '/records/b.pdf']);
  });

  it('a stream that is cut is opened again, and the gap is closed', async () => {
    live = await LiveMonitor.open('/records');
    await live.start(LOCK);
    live.emulator.streams.drop('all', 'cleanly');
    live.create('/records/in the gap.pdf');
    await live.done(1);
    await live.caughtUp();
    expect(live.of('done')).toMatchObject([{ path: '/records/in the gap.pdf' }]);
  });

  it('a hard link to a file elsewhere is a name that the rule is for', async () => {
    live = await LiveMonitor.open('/records', '/other');
    const id = live.create('/other/a.pdf');
    await live.start(LOCK.replace('settle: 0s', 'settle: 1s'));
    await live.client.files.createLink('/records', 'a.pdf', '/other/a.pdf');
    await live.until(() => live.of('done').length + live.of('gone').length > 0);
    expect(live.of('done')).toMatchObject([{ fileId: id, path: '/records/a.pdf' }]);
  });

  it('closing a gap leaves alone what was there before the watch began, however short that is ago', async () => {
    live = await LiveMonitor.open('/records');
    live.create('/records/before.pdf');
    live.emulator.clock.move(3000);
    await live.start(LOCK);
    live.emulator.streams.drop('all', 'cleanly');
    live.create('/records/in the gap.pdf');
    await live.caughtUp();
    live.create('/records/after.pdf');
    await live.until(() => live.of('matched').some(({ path }) => path === '/records/after.pdf'));
    expect(live.of('matched').map(({ path }) => path)).toEqual(['/records/in the gap.pdf', '/records/after.pdf']);
  });

  it('closing a gap does not take a directory that has got a file for one that came with all that is in it', async () => {
    live = await LiveMonitor.open('/records', '/records/archive');
    live.create('/records/archive/before.pdf');
    live.emulator.clock.move(600_000);
    await live.start(LOCK);
    live.emulator.streams.drop('all', 'cleanly');
    live.create('/records/archive/in the gap.pdf');
    live.mkdir('/records/beside it');
    await live.caughtUp();
    await live.until(() => live.of('done').some(({ path }) => path === '/records/archive/in the gap.pdf'));
    live.create('/records/after.pdf');
    await live.until(() => live.of('matched').some(({ path }) => path === '/records/after.pdf'));
    expect(live.of('matched').map(({ path }) => path)).not.toContain('/records/archive/before.pdf');
  });

  it('closing a gap finds what is in a directory that came meanwhile', async () => {
    live = await LiveMonitor.open('/records', '/other', '/other/box');
    live.create('/other/box/a.pdf');
    live.emulator.clock.move(600_000);
    await live.start(LOCK, { ref: '/records' });
    live.emulator.streams.drop('all', 'cleanly');
    live.rename('/other/box', '/records/box');
    await live.caughtUp();
    await live.until(() => live.of('done').some(({ path }) => path === '/records/box/a.pdf'));
    expect(live.of('done').map(({ action, path }) => `${action} ${path}`)).toContain('lock /records/box/a.pdf');
  });

  it('its own rename is recognised when a gap has swallowed the echo', async () => {
    live = await LiveMonitor.open('/in');
    const rename: Action | undefined = builtinActions['rename'];
    if (rename === undefined) throw new Error('there is no rename action');
    let cut = false;
    const cutting: Action = {
      ...rename,
      run: (input, context) => {
        if (!cut) live.emulator.streams.drop('all', 'cleanly');
        cut = true;
        return rename.run(input, context);
      },
    };
    await live.start(
      STAMP.replace('[created, moved-in]', '[created, moved-in, renamed]').replace(', not: { name: "done-*" }', ''),
      {
        actions: () => ({ ...builtinActions, rename: cutting }),
      },
    );
    live.create('/in/a.csv');
    await live.caughtUp();
    live.create('/in/b.csv');
    await live.until(() => live.of('matched').some(({ path }) => path === '/in/b.csv'));
    expect(live.of('matched').map(({ path }) => path)).toEqual(['/in/a.csv', '/in/b.csv']);
    expect(live.of('own-effect')).toContainEqual(expect.objectContaining({ path: '/in/done-a.csv', rules: ['stamp'] }));
  });

  it('a broken rule file changes nothing; a new one applies to what comes then', async () => {
    live = await LiveMonitor.open('/records', '/in');
    await live.start(LOCK);
    const broken = await live.monitor?.rules.load('version: 1\nrules:\n  - name: x\n    doo: []\n', 'rules.yml');
    expect(broken).toMatchObject({ ok: false, problems: [{ line: 4, hint: expect.stringContaining('do') }] });
    live.create('/records/a.pdf');
    await live.done(1);
    const loaded = await live.monitor?.rules.load(STAMP, 'rules.yml');
    expect(loaded).toMatchObject({ ok: true, diff: { added: ['stamp'], removed: ['lock records'] } });
    live.create('/records/b.pdf');
    live.create('/in/c.csv');
    await live.done(2);
    expect(live.of('done').map(({ rule }) => rule)).toEqual(['lock records', 'stamp']);
  });

  it('a dry run says what it would do and does nothing', async () => {
    live = await LiveMonitor.open('/in');
    await live.start(STAMP, { dryRun: true });
    live.create('/in/a.csv');
    await live.until(() => live.of('would').length === 1);
    expect(live.of('would')).toMatchObject([{ note: expect.stringContaining('done-a.csv') }]);
    expect(await live.names('/in')).toEqual(['a.csv']);
  });
});
