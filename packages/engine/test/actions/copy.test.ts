import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyAction } from '../../src/actions/copy/index.ts';
import type { ActionContext } from '../../src/actions/port.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let n = 0;
let here = '';
beforeAll(async () => {
  // So small that a copy takes several steps.
  bench = await ActionBench.open({ unknowns: { copyChunkLimit: 8192 } });
});
afterAll(() => bench.close());
beforeEach(async () => {
  here = `/c${(n += 1)}`;
  await bench.fromHere();
});

const long = (digit: string) => digit.repeat(20_000);
/** A cluster where something happens before a call of `files`. */
function meanwhile(name: 'copyChunk' | 'rename' | 'copyFile', what: () => Promise<unknown>): ActionContext {
  const { client } = bench;
  const files = {
    ...client.files,
    [name]: async (...parameters: Parameters<typeof client.files.copyFile>) => {
      await what();
      return Reflect.apply(client.files[name], client.files, parameters);
    },
  };
  return bench.context({ cluster: { ...client, files } });
}

describe('copy', () => {
  it('copies data, permissions and times, once, and tells the loop guard', async () => {
    const id = await bench.file(`${here}/a.csv`, long('1'));
    const { files } = bench.client;
    await files.setAttributes(id, { owner: '501', mode: '0600', modification_time: '2020-01-02T03:04:05.123456789Z' });
    const { data: stream } = await files.streams.create(id, 'extra');
    await files.streams.writeData(id, stream.id, 'beside');
    await bench.fromHere();
    const params = { to: `${here}/out/{{year}}` };
    const path = `${here}/out/2031/a.csv`;
    const outcome = await bench.run(copyAction, params, id, `${here}/a.csv`);
    expect(outcome).toMatchObject({ kind: 'done', note: `copied ${here}/a.csv to ${path}`, output: { path } });
    // The file itself has not moved.
    expect(outcome).not.toHaveProperty('path');
    expect(await bench.text(path)).toBe(long('1'));
    const [original, copy] = [await bench.at(id), await bench.at(path)];
    const same = ({
      size,
      owner,
      group,
      mode,
      modification_time,
      creation_time,
      extended_attributes,
    }: typeof copy) => ({
      size,
      owner,
      group,
      mode,
      modification_time,
      creation_time,
      extended_attributes,
    });
    expect(same(copy)).toEqual(same(original));
    expect((await files.getAcl(path)).data).toEqual((await files.getAcl(id)).data);
    const { data: streams } = await files.streams.list(path);
    expect(streams.map(({ name }) => name)).toEqual(['extra']);
    expect((await files.streams.readData(path, streams[0]?.id ?? '')).data.toString()).toBe('beside');
    expect(await bench.unexpected(id)).toEqual([]);
    expect(await bench.unexpected(copy.id)).toEqual([]);
    expect(await bench.run(copyAction, params, id, `${here}/a.csv`)).toMatchObject({ kind: 'skipped' });
    expect(await bench.tree(`${here}/out`)).toEqual([`${here}/out/2031/`, path]);
  });

  it('an empty file', async () => {
    const id = await bench.file(`${here}/a`, '');
    expect(await bench.run(copyAction, { to: `${here}/out` }, id, `${here}/a`)).toMatchObject({ kind: 'done' });
    expect((await bench.at(`${here}/out/a`)).size).toBe('0');
  });

  it('a file that has changed is copied again, beside the first copy', async () => {
    const id = await bench.file(`${here}/a`, 'one');
    const run = () => bench.run(copyAction, { to: `${here}/out` }, id, `${here}/a`);
    await run();
    await bench.client.files.writeData(id, 'two');
    expect(await run()).toMatchObject({ kind: 'done', output: { path: `${here}/out/a (2)` } });
    expect((await run()).kind).toBe('skipped');
    expect(await bench.text(`${here}/out/a (2)`)).toBe('two');
  });

  it.each([
    ['number', { kind: 'done' }, 'old', 2],
    ['skip', { kind: 'skipped' }, 'old', 1],
    ['fail', { kind: 'failed' }, 'old', 1],
    ['overwrite', { kind: 'done' }, 'new', 1],
  ])('a name that is taken: %s', async (on_clash, outcome, text, count) => {
    const id = await bench.file(`${here}/a`, 'new');
    await bench.file(`${here}/out/a`, 'old');
    const params = { to: `${here}/out`, on_clash };
    expect(await bench.run(copyAction, params, id, `${here}/a`)).toMatchObject(outcome);
    expect(await bench.text(`${here}/out/a`)).toBe(text);
    expect(await bench.tree(`${here}/out`)).toHaveLength(count);
    await bench.run(copyAction, params, id, `${here}/a`);
    expect(await bench.tree(`${here}/out`)).toHaveLength(count);
  });

  it('beside itself: with a number, but never over itself', async () => {
    const id = await bench.file(`${here}/a`);
    expect(await bench.run(copyAction, { to: here, on_clash: 'overwrite' }, id, `${here}/a`)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('with itself'),
    });
    expect(await bench.run(copyAction, { to: here }, id, `${here}/a`)).toMatchObject({ kind: 'done' });
    expect((await bench.run(copyAction, { to: here }, id, `${here}/a`)).kind).toBe('skipped');
    expect(await bench.tree(here)).toEqual([`${here}/a`, `${here}/a (2)`]);
    expect((await bench.at(`${here}/a`)).id).toBe(id);
  });

  it('a name that is taken while it is copied: nothing is left of the copy', async () => {
    const id = await bench.file(`${here}/a`);
    const input = bench.input(copyAction, { to: `${here}/out`, on_clash: 'fail' }, id, `${here}/a`);
    const context = meanwhile('rename', () => bench.file(`${here}/out/a`, 'theirs'));
    expect(await copyAction.run(input, context)).toMatchObject({ kind: 'failed' });
    expect(await bench.tree(`${here}/out`)).toEqual([`${here}/out/a`]);
    expect(await bench.text(`${here}/out/a`)).toBe('theirs');
  });

  it('a file that is written to while it is copied: not yet', async () => {
    const id = await bench.file(`${here}/a`, long('1'));
    const input = bench.input(copyAction, { to: `${here}/out` }, id, `${here}/a`);
    const context = meanwhile('copyFile', () => bench.client.files.writeData(id, long('2')));
    expect(await copyAction.run(input, context)).toMatchObject({ kind: 'not-yet', delayMs: 5000 });
    expect(await bench.run(copyAction, { to: `${here}/out` }, id, `${here}/a`)).toMatchObject({ kind: 'done' });
    expect(await bench.text(`${here}/out/a`)).toBe(long('2'));
    expect(await bench.tree(`${here}/out`)).toEqual([`${here}/out/a`]);
  });

  it('a file that is written to after its data was copied: not yet', async () => {
    const id = await bench.file(`${here}/a`, long('1'));
    const { client } = bench;
    const files = {
      ...client.files,
      copyFile: async (...parameters: Parameters<typeof client.files.copyFile>) => {
        const answer = await client.files.copyFile(...parameters);
        await client.files.writeData(id, long('2'));
        return answer;
      },
    };
    const input = bench.input(copyAction, { to: `${here}/out` }, id, `${here}/a`);
    expect((await copyAction.run(input, bench.context({ cluster: { ...client, files } }))).kind).toBe('not-yet');
  });

  it('nobody may read it who may not read the file, while it is made neither', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.setAttributes(id, { mode: '0400' });
    const input = bench.input(copyAction, { to: `${here}/out` }, id, `${here}/a`);
    const modes: string[] = [];
    const context = meanwhile('copyFile', async () => {
      for await (const { mode } of bench.client.files.entries(`${here}/out`)) modes.push(mode);
    });
    expect((await copyAction.run(input, context)).kind).toBe('done');
    expect(modes).toEqual(['0600']);
    expect((await bench.at(`${here}/out/a`)).mode).toBe('0400');
  });

  const failInBetween = () =>
    bench.emulator.faults.add({
      operation: 'POST /v1/files/{ref}/copy-chunk',
      skip: 1,
      times: 1,
      fail: { status: 503 },
    });

  it('a copy that failed half-way leaves nothing', async () => {
    const id = await bench.file(`${here}/a`, long('1'));
    failInBetween();
    const outcome = await bench.run(copyAction, { to: `${here}/out` }, id, `${here}/a`);
    expect(outcome).toMatchObject({ kind: 'transient', target: 'cluster' });
    expect(await bench.tree(`${here}/out`)).toEqual([]);
  });

  it('a copy that an earlier try has left half is replaced, never taken for whole', async () => {
    const id = await bench.file(`${here}/a`, long('1'));
    failInBetween();
    bench.emulator.faults.add({ operation: 'DELETE *', times: 1, fail: { status: 503 } });
    const run = () => bench.run(copyAction, { to: `${here}/out` }, id, `${here}/a`);
    expect(await run()).toMatchObject({ kind: 'transient', target: 'cluster' });
    expect(await bench.tree(`${here}/out`)).toEqual([expect.stringMatching(/\.qwarden-[0-9a-f]{16}\.partial$/)]);
    // It has become shorter since.
    await bench.client.files.writeData(id, 'short');
    expect(await run()).toMatchObject({ kind: 'done' });
    expect(await bench.tree(`${here}/out`)).toEqual([`${here}/out/a`]);
    expect(await bench.text(`${here}/out/a`)).toBe('short');
  });

  it('directories and symlinks are none of its business; a file that is gone is gone; a held one is copied', async () => {
    const params = { to: `${here}/out` };
    const directory = await bench.directory(`${here}/d`);
    expect((await bench.run(copyAction, params, directory, `${here}/d`)).kind).toBe('skipped');
    const { data: link } = await bench.client.files.createSymlink(here, 'l', 'd');
    expect((await bench.run(copyAction, params, link.id, `${here}/l`)).kind).toBe('skipped');
    const id = await bench.file(`${here}/a`);
    await bench.client.files.patchFileLock(id, { legal_hold: true });
    expect(await bench.run(copyAction, params, id, `${here}/old name`)).toMatchObject({
      output: { path: `${here}/out/a` },
    });
    await bench.client.files.patchFileLock(id, { legal_hold: false });
    await bench.client.files.delete(id);
    expect((await bench.run(copyAction, params, id, `${here}/a`)).kind).toBe('gone');
  });

  it('no room, no directory', async () => {
    const id = await bench.file(`${here}/a`, long('1'));
    bench.emulator.fs.quotas.create(await bench.directory(`${here}/full`), '4096');
    expect(await bench.run(copyAction, { to: `${here}/full` }, id, `${here}/a`)).toMatchObject({ kind: 'failed' });
    expect(
      await bench.run(copyAction, { to: `${here}/none`, create_directories: false }, id, `${here}/a`),
    ).toMatchObject({ kind: 'failed', reason: `There is no directory ${here}/none.` });
  });

  it('dies anywhere and runs again: one whole copy', async () => {
    const rounds = await bench.dyingEverywhere(
      copyAction,
      async (round) => {
        const path = `${here}/${round}/a`;
        return { params: { to: `${here}/${round}/out` }, fileId: await bench.file(path, 'whole'), path };
      },
      async (round, outcome, at) => {
        expect(['done', 'skipped'], at).toContain(outcome.kind);
        expect(await bench.tree(`${here}/${round}/out`), at).toEqual([`${here}/${round}/out/a`]);
        expect(await bench.text(`${here}/${round}/out/a`), at).toBe('whole');
        expect((await bench.at(`${here}/${round}/out/a`)).mode, at).toBe('0644');
      },
    );
    expect(rounds).toBeGreaterThan(20);
  });

  it('dry run: says it, changes nothing', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.file(`${here}/out/a`, 'other');
    const dry = (on_clash: string) => bench.dryRun(copyAction, { to: `${here}/out`, on_clash }, id, `${here}/a`);
    expect(await dry('number')).toBe(`would copy ${here}/a to ${here}/out/a (2)`);
    expect(await dry('overwrite')).toBe(`would copy ${here}/a to ${here}/out/a, in place of the file there`);
    expect(await bench.tree(here)).toEqual([`${here}/a`, `${here}/out/`, `${here}/out/a`]);
  });
});
