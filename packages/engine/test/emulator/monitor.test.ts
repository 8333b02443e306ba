import { afterEach, expect, it, describe } from 'vitest';
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
    await live.until(() => live.of('catch-up-finished').length > 0);
    expect(live.of('done')).toMatchObject([{ path: '/records/in the gap.pdf' }]);
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
