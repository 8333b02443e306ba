import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renameAction } from '../../src/actions/rename/index.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let n = 0;
/** A directory of its own for each test. */
let here = '';
beforeAll(async () => {
  bench = await ActionBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  here = `/r${(n += 1)}`;
  await bench.fromHere();
});

describe('rename', () => {
  it('gives a file another name, once, and tells the loop guard', async () => {
    const id = await bench.file(`${here}/a.csv`);
    await bench.fromHere();
    const outcome = await bench.run(renameAction, { to: 'done-{{name}}' }, id, `${here}/a.csv`);
    expect(outcome).toMatchObject({
      kind: 'done',
      path: `${here}/done-a.csv`,
      note: 'renamed from a.csv to done-a.csv',
    });
    expect(await bench.tree(here)).toEqual([`${here}/done-a.csv`]);
    expect(await bench.unexpected(id)).toEqual([]);
    expect(await bench.reported(id)).toEqual(['child_file_moved_from', 'child_file_moved_to']);
    const again = await bench.run(renameAction, { to: 'done-{{name}}' }, id, `${here}/a.csv`);
    expect(again).toMatchObject({ kind: 'skipped' });
    expect(await bench.tree(here)).toEqual([`${here}/done-a.csv`]);
  });

  it('knows its own work when the path of the subject has followed it', async () => {
    const id = await bench.file(`${here}/a.csv`);
    await bench.run(renameAction, { to: 'done-{{name}}' }, id, `${here}/a.csv`);
    const { change } = bench.input(renameAction, { to: 'x' }, id, `${here}/a.csv`);
    const outcome = await bench.run(renameAction, { to: 'done-{{name}}' }, id, `${here}/done-a.csv`, { change });
    expect(outcome.kind).toBe('skipped');
  });

  it('takes the name that the file has by now', async () => {
    const id = await bench.file(`${here}/new.csv`);
    const outcome = await bench.run(renameAction, { to: 'done-{{name}}' }, id, `${here}/old.csv`);
    expect(outcome).toMatchObject({ kind: 'done', path: `${here}/done-new.csv` });
  });

  it('renames directories', async () => {
    const id = await bench.directory(`${here}/in`);
    await bench.fromHere();
    expect(await bench.run(renameAction, { to: '{{name}}.old' }, id, `${here}/in`)).toMatchObject({ kind: 'done' });
    expect(await bench.tree(here)).toEqual([`${here}/in.old/`]);
    expect(await bench.unexpected(id)).toEqual([]);
  });

  it.each([
    ['number', { kind: 'done' }, ['a.csv', 'b (2).csv', 'b (3).csv', 'b.csv'], true],
    ['skip', { kind: 'skipped' }, ['a.csv', 'b (2).csv', 'b.csv'], false],
    [
      'fail',
      { kind: 'failed', remedy: expect.stringContaining('on_clash: number') },
      ['a.csv', 'b (2).csv', 'b.csv'],
      false,
    ],
    ['overwrite', { kind: 'done' }, ['b (2).csv', 'b.csv'], true],
  ])('a name that is taken: %s', async (on_clash, outcome, names, moved) => {
    const id = await bench.file(`${here}/a.csv`, 'new');
    await bench.file(`${here}/b.csv`, 'old');
    await bench.file(`${here}/b (2).csv`, 'old');
    const params = { to: 'b.csv', on_clash };
    expect(await bench.run(renameAction, params, id, `${here}/a.csv`)).toMatchObject(outcome);
    const left = moved ? names.filter((name) => name !== 'a.csv') : names;
    expect(await bench.tree(here)).toEqual(left.map((name) => `${here}/${name}`));
    expect(await bench.text(`${here}/b.csv`)).toBe(on_clash === 'overwrite' ? 'new' : 'old');
    expect((await bench.run(renameAction, params, id, `${here}/a.csv`)).kind).toBe(moved ? 'skipped' : outcome.kind);
    expect(await bench.tree(here)).toEqual(left.map((name) => `${here}/${name}`));
  });

  it('never overwrites a directory', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.directory(`${here}/b`);
    expect(await bench.run(renameAction, { to: 'b', on_clash: 'overwrite' }, id, `${here}/a`)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('is a directory'),
    });
  });

  it('never overwrites a file with a retention lock, and says why', async () => {
    const id = await bench.file(`${here}/a`, 'new');
    const held = await bench.file(`${here}/b`, 'old');
    await bench.client.files.patchFileLock(held, { legal_hold: true });
    expect(await bench.run(renameAction, { to: 'b', on_clash: 'overwrite' }, id, `${here}/a`)).toMatchObject({
      kind: 'failed',
      reason: `${here}/b has a retention lock (a legal hold), so it cannot be overwritten.`,
    });
    expect(await bench.text(`${here}/b`)).toBe('old');
  });

  it('a name of 255 characters is numbered within its 255', async () => {
    const long = `${'x'.repeat(251)}.csv`;
    await bench.file(`${here}/${long}`);
    const id = await bench.file(`${here}/a`);
    const outcome = await bench.run(renameAction, { to: long }, id, `${here}/a`);
    expect(outcome).toMatchObject({ kind: 'done', path: `${here}/${'x'.repeat(247)} (2).csv` });
    expect((await bench.run(renameAction, { to: long }, id, `${here}/a`)).kind).toBe('skipped');
  });

  it.each([
    ['..', 'no name for a file'],
    ['{{moved_from}}', 'is empty'],
    ['{{path}}', 'holds a "/"'],
    ['x'.repeat(256), 'has 256 characters'],
  ])('refuses the name %s', async (to, why) => {
    const id = await bench.file(`${here}/a`);
    expect(await bench.run(renameAction, { to }, id, `${here}/a`)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(why),
    });
    expect(await bench.tree(here)).toEqual([`${here}/a`]);
  });

  it('parameters: no slash, no unknown variables, no unknown keys', () => {
    const check = (params: unknown) => renameAction.params(z).safeParse(params);
    expect(check({ to: 'x' }).data).toEqual({ to: 'x', on_clash: 'number' });
    expect(check({ to: 'a/b' }).error?.message).toContain('move action');
    expect(check({ to: '{{nmae}}' }).error?.message).toContain('is not known');
    expect(check({ to: 'x', clash: 'fail' }).success).toBe(false);
  });

  it('a file that is gone, or replaced by another of its name', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.delete(id);
    expect((await bench.run(renameAction, { to: 'b' }, id, `${here}/a`)).kind).toBe('gone');
    await bench.file(`${here}/a`, 'another');
    expect((await bench.run(renameAction, { to: 'b' }, id, `${here}/a`)).kind).toBe('gone');
    expect(await bench.tree(here)).toEqual([`${here}/a`]);
  });

  it('another file comes under the path between looking and renaming: it is put back', async () => {
    const id = await bench.file(`${here}/a`, 'ours');
    const { client } = bench;
    let first = true;
    const files = {
      ...client.files,
      rename: async (...parameters: Parameters<typeof client.files.rename>) => {
        if (!first) return client.files.rename(...parameters);
        first = false;
        await client.files.rename(here, 'elsewhere', `${here}/a`);
        await bench.file(`${here}/a`, 'another');
        return client.files.rename(...parameters);
      },
    };
    const input = bench.input(renameAction, { to: 'b' }, id, `${here}/a`);
    const context = bench.context({ cluster: { ...client, files } });
    expect(await renameAction.run(input, context)).toMatchObject({ kind: 'transient', target: 'file' });
    expect(await bench.text(`${here}/a`)).toBe('another');
    expect(await renameAction.run(input, context)).toMatchObject({ kind: 'done', path: `${here}/b` });
    expect(await bench.text(`${here}/b`)).toBe('ours');
  });

  it('a retention lock, there before or coming between', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.patchFileLock(id, { legal_hold: true });
    const failed = {
      kind: 'failed',
      reason: expect.stringContaining('a legal hold'),
      remedy: expect.stringContaining('lift'),
    };
    expect(await bench.run(renameAction, { to: 'b' }, id, `${here}/a`)).toMatchObject(failed);
    const other = await bench.file(`${here}/c`);
    const { client } = bench;
    const files = {
      ...client.files,
      rename: async (...parameters: Parameters<typeof client.files.rename>) => {
        await client.files.patchFileLock(other, { legal_hold: true });
        return client.files.rename(...parameters);
      },
    };
    const input = bench.input(renameAction, { to: 'b' }, other, `${here}/c`);
    expect(await renameAction.run(input, bench.context({ cluster: { ...client, files } }))).toMatchObject(failed);
  });

  it.each([
    [503, 'cluster', true],
    [500, 'file', false],
    [429, 'cluster', true],
  ])('the cluster answers %i', async (status, target, overload) => {
    const id = await bench.file(`${here}/a`);
    const fault = bench.emulator.faults.add({ operation: 'POST *', fail: { status } });
    expect(await bench.run(renameAction, { to: 'b' }, id, `${here}/a`)).toMatchObject({
      kind: 'transient',
      target,
      overload,
    });
    bench.emulator.faults.remove(fault);
    expect((await bench.run(renameAction, { to: 'b' }, id, `${here}/a`)).kind).toBe('done');
  });

  it('an answer that is lost: the next try finds it done', async () => {
    const id = await bench.file(`${here}/a`);
    bench.emulator.faults.add({ operation: 'POST *', drop: 'after', times: 1 });
    expect((await bench.run(renameAction, { to: '{{name}}-b' }, id, `${here}/a`)).kind).toBe('transient');
    expect((await bench.run(renameAction, { to: '{{name}}-b' }, id, `${here}/a`)).kind).toBe('skipped');
    expect(await bench.tree(here)).toEqual([`${here}/a-b`]);
  });

  it('dies anywhere and runs again: renamed once', async () => {
    const rounds = await bench.dyingEverywhere(
      renameAction,
      async (round) => {
        await bench.file(`${here}/${round}/done-a`, 'taken');
        const path = `${here}/${round}/a`;
        return { params: { to: 'done-{{name}}' }, fileId: await bench.file(path), path };
      },
      async (round, outcome, at) => {
        expect(['done', 'skipped'], at).toContain(outcome.kind);
        expect(await bench.tree(`${here}/${round}`), at).toEqual([
          `${here}/${round}/done-a`,
          `${here}/${round}/done-a (2)`,
        ]);
      },
    );
    expect(rounds).toBeGreaterThan(6);
  });

  it('is given up when the program stops', async () => {
    const id = await bench.file(`${here}/a`);
    const input = bench.input(renameAction, { to: 'b' }, id, `${here}/a`);
    expect(await renameAction.run(input, bench.context({ signal: AbortSignal.abort() }))).toEqual({ kind: 'aborted' });
  });

  it('dry run: says it, changes nothing', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.file(`${here}/b`);
    expect(await bench.dryRun(renameAction, { to: 'b' }, id, `${here}/a`)).toBe(`would rename ${here}/a to b (2)`);
    expect(await bench.dryRun(renameAction, { to: 'b', on_clash: 'overwrite' }, id, `${here}/a`)).toContain(
      'in place of',
    );
    expect(await bench.dryRun(renameAction, { to: 'b', on_clash: 'fail' }, id, `${here}/a`)).toMatch(
      /^would fail: .*there already/,
    );
    expect(await bench.dryRun(renameAction, { to: 'a' }, id, `${here}/a`)).toMatch(/^would do nothing: its name is a/);
    expect(await bench.tree(here)).toEqual([`${here}/a`, `${here}/b`]);
    expect(bench.expected).toEqual([]);
  });

  it('dry run: a retention lock is told', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.patchFileLock(id, { legal_hold: true });
    expect(await bench.dryRun(renameAction, { to: 'b' }, id, `${here}/a`)).toMatch(/^would fail: .*a legal hold/);
  });

  it('of a file with several names, renames the one that the job is about, once', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.createLink(here, 'b', `${here}/a`);
    expect(await bench.run(renameAction, { to: 'x-{{name}}' }, id, `${here}/b`)).toMatchObject({ path: `${here}/x-b` });
    expect((await bench.run(renameAction, { to: 'x-{{name}}' }, id, `${here}/b`)).kind).toBe('skipped');
    expect(await bench.tree(here)).toEqual([`${here}/a`, `${here}/x-b`]);
  });

  it('declares its effects', () => {
    expect(renameAction.effects({ to: 'done-{{name}}', on_clash: 'overwrite' })).toEqual([
      { types: ['child_file_moved_from', 'child_dir_moved_from', 'child_file_removed'] },
      {
        types: ['child_file_moved_to', 'child_dir_moved_to', 'child_file_renamed', 'child_dir_renamed'],
        into: { name: 'done-{{name}}' },
      },
    ]);
  });
});
