import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { tagAction } from '../../src/actions/tag/index.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let n = 0;
let here = '';
beforeAll(async () => {
  bench = await ActionBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  here = `/t${(n += 1)}`;
  await bench.fromHere();
});

async function tags(ref: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key, value } of bench.client.files.userMetadata.list(ref, { type: 'generic' }))
    found[key] = value.toString();
  return found;
}

describe('tag', () => {
  it('sets and deletes, once, and leaves other tags alone', async () => {
    const id = await bench.file(`${here}/a`);
    for (const key of ['old', 'other']) await bench.client.files.userMetadata.set(id, 'generic', key, 'x');
    const params = { set: { 'rule/é': '{{rule}}', at: '{{timestamp}}' }, delete: ['old', 'never was'] };
    expect(await bench.run(tagAction, params, id, `${here}/a`)).toEqual({
      kind: 'done',
      note: 'set rule/é=rule, at=2031-12-31T23:59:58Z and deleted old',
    });
    expect(await tags(id)).toEqual({ 'rule/é': 'rule', at: '2031-12-31T23:59:58Z', other: 'x' });
    expect(await bench.run(tagAction, params, id, `${here}/a`)).toEqual({
      kind: 'skipped',
      note: 'its tags are so already',
    });
    expect(bench.emulator.stats.count('PUT /v1/files/{ref}/user-metadata/{type}/{key}')).toBe(4);
  });

  it('sets only what differs, on directories too', async () => {
    const id = await bench.directory(`${here}/d`);
    await bench.client.files.userMetadata.set(id, 'generic', 'a', '1');
    expect(await bench.run(tagAction, { set: { a: '1', b: '2' } }, id, `${here}/d`)).toMatchObject({ note: 'set b=2' });
  });

  it('tells the loop guard what may be reported', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.run(tagAction, { set: { a: '1' } }, id, `${here}/a`);
    expect(bench.expected).toEqual([
      { fileId: id, types: ['child_acl_changed', 'child_extra_attrs_changed'], at: `${here}/a`, maybe: true },
    ]);
    expect(tagAction.effects({ set: {}, delete: ['a'] })).toEqual([
      { types: ['child_acl_changed', 'child_extra_attrs_changed'], settles: true },
    ]);
  });

  it('gone, held, refused, 5xx', async () => {
    const id = await bench.file(`${here}/a`);
    const run = () => bench.run(tagAction, { set: { a: '1' } }, id, `${here}/a`);
    const fault = bench.emulator.faults.add({ operation: 'PUT *', fail: { status: 502 } });
    expect(await run()).toMatchObject({ kind: 'transient', target: 'cluster' });
    bench.emulator.faults.remove(fault);
    bench.emulator.faults.add({
      operation: 'PUT *',
      times: 1,
      fail: { status: 403, errorClass: 'fs_access_denied_error' },
    });
    expect(await run()).toMatchObject({
      kind: 'failed',
      remedy: expect.stringContaining('PRIVILEGE_FILE_FULL_ACCESS'),
    });
    await bench.client.files.patchFileLock(id, { legal_hold: true });
    expect(await run()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('legal hold') });
    expect(await tags(id)).toEqual({});
    await bench.client.files.patchFileLock(id, { legal_hold: false });
    await bench.client.files.delete(id);
    expect((await run()).kind).toBe('gone');
  });

  it('dies anywhere and runs again', async () => {
    await bench.dyingEverywhere(
      tagAction,
      async (round) => {
        const path = `${here}/${round}`;
        const fileId = await bench.file(path);
        await bench.client.files.userMetadata.set(fileId, 'generic', 'old', 'x');
        return { params: { set: { a: '{{name}}', b: '2' }, delete: ['old'] }, fileId, path };
      },
      async (round, outcome, at) => {
        expect(['done', 'skipped'], at).toContain(outcome.kind);
        expect(await tags(`${here}/${round}`), at).toEqual({ a: String(round), b: '2' });
      },
    );
  });

  it('dry run: says it, changes nothing', async () => {
    const id = await bench.file(`${here}/a`);
    expect(await bench.dryRun(tagAction, { set: { a: '1' }, delete: ['b'] }, id, `${here}/a`)).toBe(
      `would set a=1 of ${here}/a`,
    );
    expect(await tags(id)).toEqual({});
  });

  it('parameters', () => {
    const problem = (params: unknown) => tagAction.params(z).safeParse(params).error?.message ?? '';
    expect(problem({})).toContain('Give \\"set\\"');
    expect(problem({ set: { a: '1' }, delete: ['a'] })).toContain('both set and deleted');
    expect(problem({ set: { a: '{{x}}' } })).toContain('is not known');
  });
});
