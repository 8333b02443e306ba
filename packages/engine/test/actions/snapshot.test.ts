import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ActionInput } from '../../src/actions/port.ts';
import { snapshotAction } from '../../src/actions/snapshot/index.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let n = 0;
let here = '';
beforeAll(async () => {
  bench = await ActionBench.open();
});
afterAll(() => bench.close());
beforeEach(() => {
  here = `/s${(n += 1)}`;
});

const snapshots = async (path: string) => {
  const { id } = await bench.at(path);
  return (await bench.client.snapshots.list()).data.filter(({ source_file_id }) => source_file_id === id);
};
/** The job of another match. */
const other = (key: string): Pick<ActionInput<unknown>, 'job'> => ({
  job: { ...bench.input(snapshotAction, {}, '1', '/x').job, key, match: key },
});

describe('snapshot', () => {
  it('of the directory of the file, once a job, for seven days', async () => {
    const id = await bench.file(`${here}/a`);
    const before = bench.emulator.clock.nowMs();
    expect(await bench.run(snapshotAction, {}, id, `${here}/a`)).toMatchObject({
      kind: 'done',
      note: expect.stringContaining(here),
      output: {
        snapshot: expect.stringMatching(/^\d+$/),
        name: expect.stringMatching(/_rule-[0-9a-f]{8}-[0-9a-f]{8}$/),
      },
    });
    expect((await bench.run(snapshotAction, {}, id, `${here}/a`)).kind).toBe('skipped');
    const found = await snapshots(here);
    expect(found).toHaveLength(1);
    const days = (Date.parse(found[0]?.expiration ?? '') - before) / 86_400_000;
    expect(days).toBeGreaterThan(6.99);
    expect(days).toBeLessThan(7.01);
    // Another job of the same rule makes another one.
    expect((await bench.run(snapshotAction, {}, id, `${here}/a`, other('k2'))).kind).toBe('done');
    expect(await snapshots(here)).toHaveLength(2);
  });

  it('of another directory, with a name, for ever', async () => {
    const id = await bench.file(`${here}/a`);
    const params = { of: '/', name: 'before {{path}}', expires: 'never' };
    expect(await bench.run(snapshotAction, params, id, `${here}/a`)).toMatchObject({
      kind: 'done',
      output: { name: expect.stringContaining(`_before _s${n}_a-`) },
    });
    expect((await snapshots('/'))[0]?.expiration ?? '').toBe('');
  });

  it('at most every so often, jobs at the same time included; another rule has its own', async () => {
    const id = await bench.file(`${here}/a`);
    const params = { at_most_every: '10m' };
    const outcomes = await Promise.all(
      ['k1', 'k2', 'k3'].map((key) => bench.run(snapshotAction, params, id, `${here}/a`, other(key))),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['done', 'skipped', 'skipped']);
    const elsewhere = { job: { ...other('k4').job, rule: 'another' } };
    expect((await bench.run(snapshotAction, params, id, `${here}/a`, elsewhere)).kind).toBe('done');
    bench.emulator.clock.move(601_000);
    expect((await bench.run(snapshotAction, params, id, `${here}/a`, other('k5'))).kind).toBe('done');
    expect(await snapshots(here)).toHaveLength(3);
  });

  it('of the directory of a file that is deleted or renamed since', async () => {
    const id = await bench.file(`${here}/b/a`);
    await bench.client.files.delete(id);
    expect((await bench.run(snapshotAction, {}, id, `${here}/b/a`)).kind).toBe('done');
    const moved = await bench.file(`${here}/c/a`);
    expect((await bench.run(snapshotAction, {}, moved, `${here}/b/a`)).kind).toBe('done');
    expect(await snapshots(`${here}/c`)).toHaveLength(1);
    expect((await bench.run(snapshotAction, {}, id, `${here}/none/a`)).kind).toBe('gone');
  });

  it('of what is not there, or no directory', async () => {
    const id = await bench.file(`${here}/a`);
    const run = (of: string) => bench.run(snapshotAction, { of }, id, `${here}/a`);
    expect(await run('/none')).toMatchObject({ kind: 'failed', reason: 'There is no directory /none.' });
    expect(await run('{{path}}')).toMatchObject({ kind: 'failed', reason: `${here}/a is no directory.` });
    expect(await run('{{name}}')).toMatchObject({ kind: 'failed', reason: expect.stringContaining('not absolute') });
  });

  it('refused, 5xx, an answer that is lost', async () => {
    const id = await bench.file(`${here}/a`);
    const run = () => bench.run(snapshotAction, {}, id, `${here}/a`);
    bench.emulator.faults.add({
      operation: 'POST *',
      times: 1,
      fail: { status: 403, errorClass: 'http_unauthorized_error' },
    });
    expect(await run()).toMatchObject({ kind: 'failed', remedy: expect.stringContaining('PRIVILEGE_SNAPSHOT_WRITE') });
    bench.emulator.faults.add({ operation: 'POST *', times: 1, fail: { status: 503 } });
    expect(await run()).toMatchObject({ kind: 'transient', overload: true });
    bench.emulator.faults.add({ operation: 'POST *', times: 1, drop: 'after' });
    expect((await run()).kind).toBe('transient');
    expect((await run()).kind).toBe('skipped');
    expect(await snapshots(here)).toHaveLength(1);
  });

  it('dies anywhere and runs again: one snapshot', async () => {
    await bench.dyingEverywhere(
      snapshotAction,
      async (round) => {
        const path = `${here}/${round}/a`;
        return { params: { at_most_every: '1h' }, fileId: await bench.file(path), path };
      },
      async (round, outcome, at) => {
        expect(['done', 'skipped'], at).toContain(outcome.kind);
        expect(await snapshots(`${here}/${round}`), at).toHaveLength(1);
      },
    );
  });

  it('dry run: says it, takes none', async () => {
    const id = await bench.file(`${here}/a`);
    expect(await bench.dryRun(snapshotAction, { expires: 'never' }, id, `${here}/a`)).toMatch(
      /^would take a snapshot of \/s\d+ \(rule-\S+\) that never expires$/,
    );
    expect(await snapshots(here)).toEqual([]);
  });

  it('parameters', () => {
    const check = (params: unknown) => snapshotAction.params(z).safeParse(params);
    expect(check({}).data).toEqual({ of: '{{directory}}', name: '{{rule}}', expires: '7d' });
    expect(check({ expires: '7' }).error?.message).toContain('has no unit');
    expect(check({ expires: '0s' }).error?.message).toContain('longer than nothing');
    expect(check({ of: 'x' }).error?.message).toContain('is not absolute');
    expect(snapshotAction.privileges(check({}).data ?? snapshotAction.params(z).parse({}))).toContain(
      'PRIVILEGE_SNAPSHOT_WRITE',
    );
  });
});
