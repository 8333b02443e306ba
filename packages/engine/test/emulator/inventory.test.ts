import { afterEach, describe, expect, it } from 'vitest';
import type { BaselineEntry, Inventory } from '../../src/inventory/port.ts';
import { ADMIN, LiveMonitor } from '../support/live-monitor.ts';

let live: LiveMonitor;
afterEach(() => live.dispose());

const ALL = `
version: 1
rules:
  - name: all
    on: [created, moved-in, moved-out, renamed, removed, permissions, attributes, written]
    settle: 0s
    do: [{ log: {} }]
`;

/** What was told of names and changes since, as "type path". */
function told(): string[] {
  return live.of('matched').map(({ change: { type, path, movedFrom } }) => `${type} ${movedFrom ?? ''}>${path}`);
}

async function gap(happens: () => void): Promise<string[]> {
  const before = told().length;
  live.emulator.clock.move(600_000);
  await live.start(ALL, { ref: '/w' });
  live.emulator.streams.drop('all', 'cleanly');
  happens();
  await live.caughtUp();
  // A half that stays alone is told when the other does not come.
  live.create('/w/end');
  await live.until(() => told().some((one) => one.endsWith('/w/end')));
  return told()
    .slice(before)
    .filter((one) => !one.endsWith('/w/end'))
    .sort();
}

describe('a gap', () => {
  it('tells what was removed, one by one', async () => {
    live = await LiveMonitor.open('/w', '/w/d');
    live.create('/w/a');
    live.create('/w/d/b');
    const happened = await gap(() => {
      live.remove('/w/a');
      live.remove('/w/d/b');
      live.remove('/w/d');
    });
    expect(happened).toEqual(['child_dir_removed >/w/d', 'child_file_removed >/w/a', 'child_file_removed >/w/d/b']);
  });

  it('tells renames with the old path, and what was moved away and in', async () => {
    live = await LiveMonitor.open('/w', '/w/d', '/out', '/w/box');
    live.create('/w/a');
    live.create('/w/gone');
    live.create('/w/box/in it');
    live.create('/out/in');
    const happened = await gap(() => {
      live.rename('/w/a', '/w/d/a2');
      live.rename('/w/gone', '/out/gone');
      live.rename('/w/box', '/w/d/chest');
      live.rename('/out/in', '/w/in');
    });
    expect(happened.filter((one) => !one.includes('in it'))).toEqual([
      'child_dir_renamed /w/box>/w/d/chest',
      'child_file_moved_from >/w/gone',
      'child_file_moved_to >/w/in',
      'child_file_renamed /w/a>/w/d/a2',
    ]);
    await live.until(() => told().includes('child_file_renamed /w/box/in it>/w/d/chest/in it'));
  });

  it('does not tell again what the stream has told just before, nor what an earlier walk has told', async () => {
    live = await LiveMonitor.open('/w');
    const write = (path: string) => live.emulator.fs.writeData(ADMIN, path, Buffer.from('more'));
    const written = () => told().filter((one) => one.startsWith('child_data_written') || one.includes('attrs'));
    for (const path of ['/w/a', '/w/b', '/w/c']) live.create(path);
    live.emulator.clock.move(600_000);
    await live.start(ALL, { ref: '/w' });
    write('/w/a');
    await live.until(() => written().includes('child_data_written >/w/a'));
    live.emulator.streams.drop('all', 'cleanly');
    write('/w/b');
    await live.caughtUp();
    await live.until(() => written().includes('child_data_written >/w/b'));
    await live.stop();
    write('/w/c');
    await live.start(ALL, { ref: '/w' });
    await live.caughtUp(2);
    await live.until(() => written().includes('child_data_written >/w/c'));
    live.create('/w/end');
    await live.until(() => told().some((one) => one.endsWith('/w/end')));
    expect(written()).toEqual(['child_data_written >/w/a', 'child_data_written >/w/b', 'child_data_written >/w/c']);
  });

  it('does not take an old file that got other rights for one that came, whatever happened to its directory', async () => {
    live = await LiveMonitor.open('/w', '/w/d');
    live.create('/w/d/old');
    const happened = await gap(() => {
      live.emulator.fs.setAttributes(ADMIN, '/w/d/old', { mode: '0600' });
      live.create('/w/d/new');
    });
    expect(happened).toEqual(['child_extra_attrs_changed >/w/d/old', 'child_file_added >/w/d/new']);
  });

  it('finds an old directory that was moved in and written to, with all that is in it', async () => {
    live = await LiveMonitor.open('/w', '/out', '/out/box');
    live.create('/out/box/old');
    const happened = await gap(() => {
      live.rename('/out/box', '/w/box');
      live.create('/w/box/new');
    });
    expect(happened).toEqual([
      'child_dir_moved_to >/w/box',
      'child_file_added >/w/box/new',
      'child_file_moved_to >/w/box/old',
    ]);
  });
});

describe('what was there before', () => {
  const baselineOf = async (inventory: Inventory): Promise<BaselineEntry[]> => {
    const entries: BaselineEntry[] = [];
    for await (const entry of inventory.baseline()) entries.push(entry);
    return entries.sort((a, b) => a.path.localeCompare(b.path));
  };

  it('is told once, stays what it is when it is renamed, and is no more when it has gone', async () => {
    live = await LiveMonitor.open('/w', '/w/d');
    const id = live.create('/w/d/a');
    live.create('/w/b');
    await live.start(ALL, { ref: '/w' });
    const known = live.monitor?.inventory;
    expect(known && (await baselineOf(known))).toHaveLength(3);
    const created = live.create('/w/new');
    live.rename('/w/d', '/w/e');
    live.remove('/w/b');
    await live.until(() => told().includes('child_file_removed >/w/b'));
    const inventory = live.monitor?.inventory;
    if (inventory === undefined) throw new Error('it runs');
    expect(await baselineOf(inventory)).toMatchObject([
      { path: '/w/e', directory: true },
      { path: '/w/e/a', fileId: id, directory: false, creationTime: expect.stringMatching(/Z$/) },
    ]);
    expect(inventory.baselineOf(id)).toMatchObject({ path: '/w/e/a' });
    expect(inventory.baselineOf(created)).toBeUndefined();
    await live.stop();
    await live.start(ALL, { ref: '/w' });
    expect(live.of('catch-up-finished').map(({ reason }) => reason)).toEqual(['baseline', 'restart']);
  });

  it('is known in a watch that is not recursive, where the cluster tells no ids', async () => {
    live = await LiveMonitor.openWith({ spineWhenNotRecursive: false }, '/w', '/w/d', '/out');
    live.create('/w/a');
    live.create('/w/d/deep');
    await live.start(ALL, { ref: '/w', recursive: false });
    const id = live.create('/w/b');
    await live.until(() => told().includes('child_file_added >/w/b'));
    await live.stop();
    live.remove('/w/a');
    live.rename('/w/b', '/w/c');
    await live.start(ALL, { ref: '/w', recursive: false });
    live.create('/w/end');
    await live.until(() => told().includes('child_file_added >/w/end'));
    expect(told().filter((one) => !/end|attrs/.test(one))).toEqual([
      'child_file_added >/w/b',
      'child_file_renamed /w/b>/w/c',
      'child_file_removed >/w/a',
    ]);
    expect(live.of('matched').find(({ change }) => change.type === 'child_file_renamed')?.fileId).toBe(id);
  });
});
