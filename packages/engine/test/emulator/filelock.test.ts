import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privilegesOfFilelock, openLedger, startupChecks, verifyLedger } from '../../src/index.ts';
import { Live } from '../support/live.ts';

let live: Live;
beforeEach(async () => {
  live = await Live.open();
});
afterEach(() => live.dispose());

const wrong = async (): Promise<string[]> => {
  const ledger = await openLedger(live.stateDir);
  const rows: string[] = [];
  for await (const row of verifyLedger(ledger, live.client)) if (!row.ok) rows.push(`${row.path}: ${row.message}`);
  await ledger.close();
  return rows;
};

describe('filelock against the emulator over TLS', () => {
  it('a burst of 500 files: each locked with one call, none lost', async () => {
    await live.start();
    for (let i = 0; i < 500; i += 1) live.create(`${i}.pdf`);
    await live.locked(500);
    expect(live.emulator.stats.count('PATCH /v1/files/{ref}/file-lock')).toBe(500);
    expect(await live.stop()).toMatchObject({ seen: 500, locked: 500, failed: 0, pending: 0, endReason: 'signal' });
    expect(await wrong()).toEqual([]);
  });

  it('with a settle time: two calls, and the file is locked as it was left', async () => {
    await live.start({ intervalMs: 300, legalHold: true });
    const id = live.create('a.pdf');
    await live.client.files.writeData(id, Buffer.from('half'));
    await live.until(() => live.of('settling').length > 0);
    await live.client.files.writeData(id, Buffer.from('the whole document'));
    await live.locked(1);
    const { data } = await live.client.files.getAttributes(id, { retrieveFileLock: true });
    expect(data).toMatchObject({
      size: '18',
      lock: { legal_hold: true, retention_period: expect.stringMatching(/Z$/) },
    });
  });

  it('a dropped stream, an expired session, a restarted cluster: nothing is missed', async () => {
    await live.start();
    live.create('before.pdf');
    await live.locked(1);
    live.emulator.streams.drop('all', 'cleanly');
    live.create('in the first gap.pdf');
    await live.locked(2);
    live.emulator.expireSessions();
    live.create('with a new session.pdf');
    await live.locked(3);
    await live.emulator.restart({ downMs: 100 });
    live.create('after the restart.pdf');
    await live.locked(4);
    expect(await live.stop()).toMatchObject({ locked: 4, failed: 0 });
    expect(await wrong()).toEqual([]);
  });

  it('a cluster that fails one call in five and answers late', async () => {
    await live.start();
    live.emulator.faults.add({ operation: 'PATCH *', probability: 0.1, fail: { status: 503, retryAfter: 0 } });
    live.emulator.faults.add({ operation: 'PATCH *', probability: 0.1, drop: 'after' });
    live.emulator.faults.add({ operation: '*', delayMs: 1, jitterMs: 4 });
    for (let i = 0; i < 100; i += 1) live.create(`${i}.pdf`);
    await live.locked(100);
    live.emulator.faults.clear();
    expect(await live.stop()).toMatchObject({ seen: 100, locked: 100, failed: 0, pending: 0 });
    expect(await wrong()).toEqual([]);
  });

  it('stopped and started again: what came meanwhile is found, what was there before stays', async () => {
    live.create('old.pdf');
    await live.start();
    live.create('first.pdf');
    await live.locked(1);
    await live.stop();
    live.create('meanwhile.pdf');
    await live.start();
    await live.locked(2);
    expect(live.of('locked').map(({ path, how }) => [path, how])).toEqual([
      ['/records/first.pdf', 'created'],
      ['/records/meanwhile.pdf', 'catch-up'],
    ]);
    expect(await wrong()).toEqual([]);
  });

  it('names that are hard to write', async () => {
    await live.start();
    const names = [
      'with space',
      `quote'"`,
      'new\nline',
      'émoji 🗄️',
      '%2F',
      '\u202ecod.exe',
      'x'.repeat(255),
      '-rf',
      '*',
      '[a]',
    ];
    for (const name of names) live.create(name);
    await live.locked(names.length);
    expect(
      live
        .of('locked')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(names.map((name) => `/records/${name}`).sort());
    expect(await wrong()).toEqual([]);
  });

  it('is told of files that SMB clients have open', async () => {
    await live.start({ waitForClose: true });
    const id = live.create('a.pdf');
    await live.locked(1);
    const open = live.create('b.pdf');
    live.emulator.clients.openFile({ fileId: open }, Date.now());
    await live.until(() => live.of('still-open').length > 0 || live.of('locked').length > 1);
    expect(live.of('locked').map(({ fileId }) => fileId)).toContain(id);
  });
});

describe('start-up checks against the emulator', () => {
  it('are content with a healthy cluster', async () => {
    const report = await startupChecks(live.client, {
      watch: { ref: '/records', recursive: true },
      privileges: privilegesOfFilelock(false),
    });
    expect(report.findings.map(({ check, ok }) => [check, ok])).toEqual([
      ['reachable', true],
      ['login', true],
      ['privilege-lock', true],
      ['privilege', true],
      ['directory', true],
      ['recursive-mode', true],
      ['privilege-watch', true],
      ['clock-skew', true],
    ]);
    expect(report).toMatchObject({
      directory: { path: '/records' },
      identity: { name: 'admin' },
      cluster: { version: expect.any(String) },
    });
  });

  it('name what is wrong and what to do', async () => {
    const file = live.create('a.pdf');
    await live.client.fileSystem.setNotifySettings({ recursive_mode: 'DISABLED_ERROR' });
    live.emulator.clock.move(3_600_000);
    const report = await startupChecks(live.client, {
      watch: { ref: file, recursive: true },
      privileges: privilegesOfFilelock(false),
    });
    const bad = report.findings.filter(({ ok }) => !ok);
    expect(bad.map(({ check }) => check)).toEqual(expect.arrayContaining(['directory', 'recursive-mode']));
    expect(bad.every(({ remedy }) => remedy !== undefined && remedy.length > 10)).toBe(true);
  });
});
