import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { moveAction } from '../../src/actions/move/index.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let n = 0;
let here = '';
beforeAll(async () => {
  bench = await ActionBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  here = `/m${(n += 1)}`;
  await bench.fromHere();
});

describe('move', () => {
  it('takes a file to a directory that it makes, once, and tells the loop guard', async () => {
    const id = await bench.file(`${here}/a.csv`);
    await bench.fromHere();
    const params = { to: `${here}/archive/{{year}}` };
    const path = `${here}/archive/2031/a.csv`;
    expect(await bench.run(moveAction, params, id, `${here}/a.csv`)).toMatchObject({
      kind: 'done',
      path,
      output: { path },
    });
    expect(await bench.unexpected(id)).toEqual([]);
    expect((await bench.run(moveAction, params, id, `${here}/a.csv`)).kind).toBe('skipped');
    expect(await bench.tree(here)).toEqual([`${here}/archive/`, `${here}/archive/2031/`, path]);
  });

  it('a place made of the present directory is no second one after the move', async () => {
    const id = await bench.file(`${here}/a.csv`);
    const params = { to: '{{directory}}/done' };
    expect(await bench.run(moveAction, params, id, `${here}/a.csv`)).toMatchObject({ path: `${here}/done/a.csv` });
    expect((await bench.run(moveAction, params, id, `${here}/a.csv`)).kind).toBe('skipped');
    const { change } = bench.input(moveAction, params, id, `${here}/a.csv`);
    expect((await bench.run(moveAction, params, id, `${here}/done/a.csv`, { change })).kind).toBe('skipped');
  });

  it('moves directories with all that is in them, but not into themselves', async () => {
    await bench.file(`${here}/in/sub/a`);
    const id = await bench.directory(`${here}/in`);
    await bench.fromHere();
    expect(await bench.run(moveAction, { to: `${here}/in/sub` }, id, `${here}/in`)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('into itself'),
    });
    expect(await bench.run(moveAction, { to: `${here}/out` }, id, `${here}/in`)).toMatchObject({ kind: 'done' });
    expect(await bench.unexpected(id)).toEqual([]);
    expect(await bench.tree(here)).toContain(`${here}/out/in/sub/a`);
  });

  it.each([
    ['number', { kind: 'done', path: expect.stringContaining('/out/a (2).csv') }],
    ['skip', { kind: 'skipped' }],
    ['fail', { kind: 'failed', remedy: expect.stringContaining('on_clash: number') }],
    ['overwrite', { kind: 'done', path: expect.stringContaining('/out/a.csv') }],
  ])('a name that is taken: %s', async (on_clash, outcome) => {
    const id = await bench.file(`${here}/a.csv`, 'new');
    const old = await bench.file(`${here}/out/a.csv`, 'old');
    await bench.fromHere();
    const params = { to: `${here}/out`, on_clash };
    expect(await bench.run(moveAction, params, id, `${here}/a.csv`)).toMatchObject(outcome);
    expect(await bench.text(`${here}/out/a.csv`)).toBe(on_clash === 'overwrite' ? 'new' : 'old');
    expect(await bench.unexpected(old)).toEqual([]);
    const tree = await bench.tree(here);
    await bench.run(moveAction, params, id, `${here}/a.csv`);
    expect(await bench.tree(here)).toEqual(tree);
  });

  it('a directory that is missing, is a file, or may not be written to', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.file(`${here}/file`);
    const run = (params: unknown) => bench.run(moveAction, params, id, `${here}/a`);
    expect(await run({ to: `${here}/none`, create_directories: false })).toMatchObject({
      kind: 'failed',
      reason: `There is no directory ${here}/none.`,
      remedy: expect.stringContaining('create_directories: true'),
    });
    expect(await run({ to: `${here}/file` })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('no directory'),
    });
    expect(await run({ to: `${here}/file/below` })).toMatchObject({ kind: 'failed' });
    const fault = bench.emulator.faults.add({
      operation: 'POST *',
      fail: { status: 403, errorClass: 'fs_access_denied_error' },
    });
    expect(await run({ to: `${here}/none` })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(`${here}/none cannot be made`),
      remedy: expect.stringContaining(`write to ${here}`),
    });
    bench.emulator.faults.remove(fault);
    expect(await bench.tree(here)).toEqual([`${here}/a`, `${here}/file`]);
  });

  it('no room there', async () => {
    const id = await bench.file(`${here}/a`, 'x'.repeat(100_000));
    const full = await bench.directory(`${here}/full`);
    bench.emulator.fs.quotas.create(full, '4096');
    expect(await bench.run(moveAction, { to: `${here}/full` }, id, `${here}/a`)).toMatchObject({
      kind: 'failed',
      remedy: expect.stringContaining('raise the quota'),
    });
  });

  it('parameters', () => {
    const check = (to: string) => moveAction.params(z).safeParse({ to });
    expect(check('/a/{{year}}/').data).toEqual({ to: '/a/{{year}}/', on_clash: 'number', create_directories: true });
    expect(check('a/b').error?.message).toContain('is not absolute');
    expect(check('/a/../b').error?.message).toContain('..');
    expect(check('/a/{{yaer}}').error?.message).toContain('is not known');
  });

  it('a place that the values do not make', async () => {
    const id = await bench.file(`${here}/a`);
    expect(await bench.run(moveAction, { to: '{{name}}/x' }, id, `${here}/a`)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('is not absolute'),
    });
  });

  it('gone, held, renamed', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.patchFileLock(id, { retention_period: '2040-01-01T00:00:00Z' });
    expect(await bench.run(moveAction, { to: `${here}/out` }, id, `${here}/a`)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('a retention period until 2040-01-01T00:00:00Z'),
    });
    expect(await bench.tree(here)).toEqual([`${here}/a`]);
    const b = await bench.file(`${here}/new name`);
    expect(await bench.run(moveAction, { to: `${here}/out` }, b, `${here}/b`)).toMatchObject({
      path: `${here}/out/new name`,
    });
    await bench.client.files.delete(b);
    expect((await bench.run(moveAction, { to: `${here}/out` }, b, `${here}/b`)).kind).toBe('gone');
  });

  it('of a file with several names, moves the one that the job is about', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.createLink(here, 'b', `${here}/a`);
    expect(await bench.run(moveAction, { to: `${here}/out` }, id, `${here}/b`)).toMatchObject({
      path: `${here}/out/b`,
    });
    expect((await bench.run(moveAction, { to: `${here}/out` }, id, `${here}/b`)).kind).toBe('skipped');
    expect(await bench.tree(here)).toEqual([`${here}/a`, `${here}/out/`, `${here}/out/b`]);
  });

  it('dies anywhere and runs again: moved once', async () => {
    await bench.dyingEverywhere(
      moveAction,
      async (round) => {
        await bench.file(`${here}/${round}/out/a`, 'taken');
        const path = `${here}/${round}/a`;
        return { params: { to: `{{directory}}/out/{{month}}` }, fileId: await bench.file(path), path };
      },
      async (round, outcome, at) => {
        expect(['done', 'skipped'], at).toContain(outcome.kind);
        expect(await bench.tree(`${here}/${round}/out`), at).toEqual([
          `${here}/${round}/out/12/`,
          `${here}/${round}/out/12/a`,
          `${here}/${round}/out/a`,
        ]);
      },
    );
  });

  it('many jobs at once into a directory that none of them finds', async () => {
    const ids: string[] = [];
    for (const name of [1, 2, 3, 4, 5]) ids.push(await bench.file(`${here}/${name}/a`));
    const moves = ids.map((id, i) => bench.run(moveAction, { to: `${here}/x/y/z` }, id, `${here}/${i + 1}/a`));
    // One that lost every race goes again; none fails.
    expect((await Promise.all(moves)).filter(({ kind }) => kind !== 'done')).toEqual([]);
    expect((await bench.tree(`${here}/x/y/z`)).length).toBe(5);
  });

  it('dry run: says it, changes nothing', async () => {
    const id = await bench.file(`${here}/a`);
    expect(await bench.dryRun(moveAction, { to: '{{directory}}/{{day}}' }, id, `${here}/a`)).toBe(
      `would move ${here}/a to ${here}/31/a`,
    );
    expect(await bench.tree(here)).toEqual([`${here}/a`]);
  });

  it('declares where things end up', () => {
    const under = (to: string) =>
      moveAction.effects({ to, on_clash: 'number', create_directories: true })[1]?.into?.under;
    expect(under('/archive/{{year}}/x')).toBe('/archive');
    expect(under('/archive/y{{year}}')).toBe('/archive');
    expect(under('/archive/')).toBe('/archive');
    expect(under('{{directory}}/done')).toBe('/');
  });
});
