import { afterEach, describe, expect, it } from 'vitest';
import { createActions } from '../../src/actions/catalog.ts';
import type { Action } from '../../src/actions/port.ts';
import { LiveMonitor } from '../support/live-monitor.ts';

let live: LiveMonitor;
afterEach(() => live.dispose());

/** That the rules are for any name keeps it from being certain, when they are loaded, that they feed each other. */
const rule = (name: string, from: string, to: string) =>
  `  - { name: ${name}, on: [created, renamed], where: { under: ${from}, name: "*" }, settle: 0s, do: [{ move: { to: ${to} } }] }\n`;
const HEAD = 'version: 1\nrules:\n';

describe('the loop guard at work', () => {
  it('two rules that move a file to and fro: each does it once, then it rests', async () => {
    live = await LiveMonitor.open('/a', '/b');
    await live.start(HEAD + rule('there', '/a', '/b') + rule('back', '/b', '/a'));
    live.create('/a/x.txt');
    await live.done(2);
    // Nothing tells that nothing more comes: a file of another kind that is done afterwards shows that the queue is empty.
    await live.until(() => live.of('done').length >= 2 && live.monitor !== undefined);
    live.create('/a/y.txt');
    await live.done(4);
    expect(live.of('done').map(({ rule: name, path }) => `${name} ${path}`)).toEqual([
      'there /a/x.txt',
      'back /b/x.txt',
      'there /a/y.txt',
      'back /b/y.txt',
    ]);
    expect(await live.names('/a')).toEqual(['x.txt', 'y.txt']);
    const summary = await live.stop();
    expect(summary).toMatchObject({ counters: { done: 4, parked: 0 } });
  });

  it('two monitors that do it to each other: the breaker of the file stops them, and says so', async () => {
    live = await LiveMonitor.open('/a', '/b');
    const other = LiveMonitor.beside(live);
    try {
      await live.start(HEAD + rule('there', '/a', '/b'));
      await other.start(HEAD + rule('back', '/b', '/a'));
      live.create('/a/x.txt');
      await Promise.race([
        live.until(() => live.of('parked').length > 0),
        other.until(() => other.of('parked').length > 0),
      ]);
      const parked = [...live.of('parked'), ...other.of('parked')];
      expect(parked).toMatchObject([
        { reason: expect.stringMatching(/^It changed this file 6 times within \d+ s, and each time/) },
      ]);
      expect(live.of('done').length + other.of('done').length).toBeLessThanOrEqual(12);
      live.create('/a/another.txt');
      await live.until(() => live.of('done').some(({ path }) => path === '/a/another.txt'));
    } finally {
      await other.dispose();
    }
  });

  it('a person who does right after us what we did is not taken for us', async () => {
    live = await LiveMonitor.open('/a');
    await live.start(
      `${HEAD}  - { name: close, on: permissions, where: { under: /a }, settle: 0s, do: [{ permissions: { mode: "0600" } }] }\n`,
    );
    const id = live.create('/a/x.txt');
    await live.client.files.setAttributes(id, { mode: '0666' });
    for (let round = 1; round <= 4; round += 1) {
      await live.done(round);
      await live.client.files.setAttributes(id, { mode: '0644' });
    }
    await live.done(5);
    const { data } = await live.client.files.getAttributes(id);
    expect(data.mode).toBe('0600');
  });

  it('what was taken out of the watch, and is put back by a person right away, is taken out again', async () => {
    live = await LiveMonitor.open('/a', '/b');
    await live.start(
      `${HEAD}  - { name: out, on: [created, moved-in], settle: 0s, do: [{ move: { to: /b } }] }
  - { name: told, on: permissions, settle: 0s, do: [{ log: {} }] }\n`,
      { ref: '/a' },
    );
    const id = live.create('/a/x.txt');
    for (let round = 1; round <= 3; round += 1) {
      await live.done(round);
      live.rename('/b/x.txt', '/a/x.txt');
    }
    await live.done(4);
    expect(await live.names('/b')).toEqual(['x.txt']);
    expect(live.of('done').map(({ fileId }) => fileId)).toEqual([id, id, id, id]);
  });

  it('a person who changes the mode right after we gave the file its owner is heard', async () => {
    live = await LiveMonitor.open('/a');
    await live.start(
      `${HEAD}  - { name: own, on: permissions, settle: 0s, do: [{ permissions: { mode: "0640", owner: "uid:77" } }] }\n`,
    );
    const id = live.create('/a/x.txt');
    await live.client.files.setAttributes(id, { mode: '0600' });
    await live.done(1);
    await live.client.files.setAttributes(id, { owner: '501' });
    await live.done(2);
    await live.until(() => live.of('own-effect').filter(({ change }) => change === 'child_owner_changed').length === 2);
    // The ACL may have been told of with the owner, and was not; what comes together comes at once.
    live.ahead += 25;
    await live.client.files.setAttributes(id, { mode: '0666' });
    await live.done(3);
    expect((await live.client.files.getAttributes(id)).data.mode).toBe('0640');
  });

  it('a copy is seen by rules once it is whole, under its own name', async () => {
    live = await LiveMonitor.open('/in', '/kept');
    await live.start(
      `${HEAD}  - { name: copy, on: created, where: { under: /in }, settle: 0s, do: [{ copy: { to: /kept } }] }
  - { name: lock, on: created, where: { under: /kept }, settle: 0s, do: [{ lock: { retention: 7y } }] }\n`,
    );
    const names = Array.from({ length: 8 }, (_, n) => `f${n}`);
    for (const name of names) live.create(`/in/${name}`);
    await live.until(() => live.of('done').length + live.of('failed').length >= 16);
    expect(live.of('failed')).toEqual([]);
    expect(await live.names('/kept')).toEqual(names);
    expect(live.of('matched').filter(({ path }) => path.endsWith('.partial'))).toEqual([]);
    for (const name of names) {
      const { data } = await live.client.files.getAttributes(`/kept/${name}`, { retrieveFileLock: true });
      expect(data.lock?.retention_period).toEqual(expect.any(String));
    }
  });

  it('two monitors whose rules make a job of each match are stopped too', async () => {
    live = await LiveMonitor.open('/a', '/b');
    const other = LiveMonitor.beside(live);
    const parallel = (text: string) => text.replace('settle:', 'mode: parallel, settle:');
    try {
      await live.start(HEAD + parallel(rule('there', '/a', '/b')));
      await other.start(HEAD + parallel(rule('back', '/b', '/a')));
      live.create('/a/x.txt');
      await Promise.race([
        live.until(() => live.of('parked').length > 0),
        other.until(() => other.of('parked').length > 0),
      ]);
      const [parked] = [...live.of('parked'), ...other.of('parked')];
      expect(parked).toMatchObject({
        reason: expect.stringMatching(/^It changed this file 6 times within \d+ s, and each time/),
      });
    } finally {
      await other.dispose();
    }
  });

  it('a rule that changes no file runs for a busy one as often as it changes', async () => {
    live = await LiveMonitor.open('/a');
    await live.start(`${HEAD}  - { name: tell, on: written, settle: 0s, do: [{ log: {} }] }\n`);
    const id = live.create('/a/x.log');
    for (let round = 1; round <= 8; round += 1) {
      await live.client.files.writeData(id, 'x'.repeat(round));
      await live.done(round);
    }
    expect(live.of('parked')).toEqual([]);
  });

  it('two monitors with a settle time are stopped too', async () => {
    live = await LiveMonitor.open('/a', '/b');
    const other = LiveMonitor.beside(live);
    const both = [live, other];
    const settling = (text: string) => text.replace('settle: 0s', 'settle: 15s');
    try {
      await live.start(HEAD + settling(rule('there', '/a', '/b')));
      await other.start(HEAD + settling(rule('back', '/b', '/a')));
      for (const one of both) one.pace = 100;
      const matched = () => live.of('matched').length + other.of('matched').length;
      const parked = () => [...live.of('parked'), ...other.of('parked')];
      live.create('/a/x.txt');
      for (let turn = 1; turn < 30 && parked().length === 0; turn += 1) {
        await Promise.race(both.map((one) => one.until(() => matched() >= turn || parked().length > 0)));
        for (const one of both) one.ahead += 15_000;
      }
      expect(parked()).toMatchObject([
        { rule: 'there', reason: expect.stringMatching(/^It changed this file 6 times/) },
      ]);
      expect(live.of('done')).toHaveLength(6);
    } finally {
      await other.dispose();
    }
  });

  it('two monitors that give a file other permissions in turns are stopped', async () => {
    live = await LiveMonitor.open('/a');
    const other = LiveMonitor.beside(live);
    const sets = (mode: string) =>
      `${HEAD}  - { name: set, on: permissions, settle: 0s, do: [{ permissions: { mode: "${mode}" } }] }\n`;
    try {
      await live.start(sets('0600'));
      await other.start(sets('0640'));
      const id = live.create('/a/x.txt');
      await live.client.files.setAttributes(id, { mode: '0666' });
      await Promise.race([
        live.until(() => live.of('parked').length > 0),
        other.until(() => other.of('parked').length > 0),
      ]);
      const [parked] = [...live.of('parked'), ...other.of('parked')];
      expect(parked).toMatchObject({ reason: expect.stringMatching(/^It changed this file 6 times/) });
    } finally {
      await other.dispose();
    }
  });

  const program: Action = {
    name: 'program',
    summary: 'Says that its effects cannot be told.',
    params: (z) => z.strictObject({}),
    effects: () => [],
    unforeseeable: true,
    privileges: () => [],
    dryRun: () => Promise.resolve('would run'),
    run: () => Promise.resolve({ kind: 'done', note: 'ran' }),
  };

  it.each(['copy: { to: /kept, on_clash: overwrite }', 'program: {}', 'permissions: { mode: "0644" }'])(
    'what a person saves again and again is acted on each time: %s',
    async (action) => {
      live = await LiveMonitor.open('/in', '/kept');
      await live.start(
        `${HEAD}  - { name: each, on: written, where: { under: /in }, settle: 0s, do: [{ ${action} }] }\n`,
        { actions: (stores) => ({ ...createActions(stores), program }) },
      );
      const id = live.create('/in/x.txt');
      for (let round = 1; round <= 9; round += 1) {
        const before = live.of('matched').length;
        await live.client.files.writeData(id, 'x'.repeat(round));
        await live.until(() => live.of('matched').length > before);
        await live.until(() => live.of('done').length + live.of('skipped').length >= round);
        live.ahead += 2000;
      }
      await live.stop();
      expect(live.of('parked')).toEqual([]);
    },
  );

  it('a program that changes its file each time is stopped at last, and says what it was', async () => {
    live = await LiveMonitor.open('/in');
    let written = 0;
    const writes: Action = {
      ...program,
      run: async (input) => {
        written += 1;
        // As over NFS: nobody has been told to expect it.
        await live.client.files.writeData(input.subject.fileId, 'x'.repeat(written));
        return { kind: 'done', note: 'ran' };
      },
    };
    await live.start(
      `${HEAD}  - { name: each, on: child_data_written, mode: queued, settle: 0s, do: [{ program: {} }] }\n`,
      { actions: (stores) => ({ ...createActions(stores), program: writes }) },
    );
    live.pace = 100;
    const id = live.create('/in/x.txt');
    await live.client.files.writeData(id, 'first');
    for (let pauses = 1; pauses <= 5; pauses += 1) {
      await live.until(() => live.of('not-yet').length >= pauses);
      live.ahead += 60_000;
    }
    await live.until(() => live.of('parked').length > 0);
    expect(live.of('not-yet')).toHaveLength(5);
    expect(live.of('parked')).toMatchObject([
      { reason: expect.stringMatching(/what it does leads to these changes\.$/) },
    ]);
  });
});
