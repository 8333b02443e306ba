import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Acl, QumuloClient } from '@qwarden/qumulo-client';
import { z } from 'zod';
import { QuarantineError } from '../../src/actions/quarantine/error.ts';
import { quarantineAction } from '../../src/actions/quarantine/index.ts';
import { listQuarantine, type QuarantineEntry } from '../../src/actions/quarantine/list.ts';
import { purgeQuarantined } from '../../src/actions/quarantine/purge.ts';
import { restoreQuarantined } from '../../src/actions/quarantine/restore.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let n = 0;
let here = '';
let to = '';
beforeAll(async () => {
  bench = await ActionBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  here = `/q${(n += 1)}`;
  to = `${here}/quarantine`;
  await bench.directory(here);
  await bench.fromHere();
});

const take = (id: string, path: string, more: object = {}) => bench.run(quarantineAction, { to, ...more }, id, path);
async function list(directory = to, client: QumuloClient = bench.client): Promise<QuarantineEntry[]> {
  const entries: QuarantineEntry[] = [];
  for await (const entry of listQuarantine(client, directory)) entries.push(entry);
  return entries;
}
async function only(): Promise<QuarantineEntry> {
  const [entry, ...others] = await list();
  if (entry === undefined || others.length > 0) throw new Error(`${others.length + 1} entries`);
  return entry;
}
/** All that restoring must give back. */
async function looks(ref: string) {
  const { data: acl } = await bench.client.files.getAcl(ref);
  return { ...(await bench.at(ref)), acl };
}
const WIDE: Acl = {
  control: ['PRESENT'],
  posix_special_permissions: [],
  aces: [
    { type: 'DENIED', flags: [], trustee: { auth_id: '501' }, rights: ['MODIFY'] },
    { type: 'ALLOWED', flags: [], trustee: { auth_id: '12884903889' }, rights: ['READ', 'READ_ACL', 'READ_ATTR'] },
  ],
};

describe('quarantine', () => {
  it('moves a file with a manifest beside it, locks it down, once, and tells the loop guard', async () => {
    const id = await bench.file(`${here}/in/a.exe`, 'bad');
    await bench.fromHere();
    const outcome = await take(id, `${here}/in/a.exe`, { reason: '{{rule}} saw {{name}}' });
    const [day, cell] = [
      `${to}/2031-12-31`,
      expect.stringMatching(new RegExp(`^${to}/2031-12-31/${id}-[0-9a-f]{8}/a.exe$`)),
    ];
    expect(outcome).toMatchObject({ kind: 'done', path: cell });
    expect(await bench.unexpected(id)).toEqual([]);
    const path = outcome.kind === 'done' ? (outcome.path ?? '') : '';
    const directory = path.slice(0, path.lastIndexOf('/'));
    expect(await bench.tree(to)).toEqual([`${day}/`, `${directory}.json`, `${directory}/`, path].sort());
    expect(await bench.at(path)).toMatchObject({ id, mode: '0000' });
    for (const made of [to, day, directory]) expect((await bench.at(made)).mode, made).toBe('0700');
    expect(JSON.parse(await bench.text(`${directory}.json`))).toMatchObject({
      version: 1,
      file_id: id,
      path: `${here}/in/a.exe`,
      size: '3',
      mode: '0644',
      owner: '500',
      rule: 'rule',
      change: { id: '7.0', type: 'child_file_added', at: '2031-12-31T23:59:58.000Z' },
      reason: 'rule saw a.exe',
      acl: { control: expect.any(Array) },
    });
    const tree = await bench.tree(here);
    expect(await take(id, `${here}/in/a.exe`)).toMatchObject({ kind: 'done', path });
    expect(await take(id, path)).toMatchObject({ kind: 'done', path });
    expect(await bench.tree(here)).toEqual(tree);
  });

  it('without lock-down the file keeps its mode', async () => {
    const id = await bench.file(`${here}/a`);
    expect(await take(id, `${here}/a`, { lock_down: false })).toMatchObject({ kind: 'done' });
    expect((await bench.at(id)).mode).toBe('0644');
  });

  it('lets nobody in whom an ACL let in, whatever the mode says', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.setAcl(id, WIDE);
    expect((await bench.at(id)).mode).toBe('0000');
    await take(id, `${here}/a`);
    const { data } = await bench.client.files.getAcl(id);
    expect(data.aces.flatMap(({ type, rights }) => (type === 'ALLOWED' ? rights : []))).not.toContain('READ');
  });

  it('a cluster that keeps the ACL when the mode is the same: it is emptied', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.setAcl(id, WIDE);
    const before = await looks(id);
    const { client } = bench;
    const files = { ...client.files, setAttributes: () => client.files.getAttributes(id) };
    const input = bench.input(quarantineAction, { to }, id, `${here}/a`);
    await take(id, `${here}/a`, { lock_down: false });
    const context = bench.context({ cluster: { ...client, files } });
    expect(await quarantineAction.run(input, context)).toMatchObject({
      kind: 'done',
    });
    expect((await client.files.getAcl(id)).data.aces).toEqual([]);
    await restoreQuarantined(client, await only());
    expect((await looks(id)).acl).toEqual(before.acl);
  });

  it('a quarantine that is there keeps the mode that it has', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.directory(to);
    await bench.client.files.setAttributes(to, { mode: '0750' });
    await take(id, `${here}/a`);
    expect((await bench.at(to)).mode).toBe('0750');
  });

  it('names do not clash, not even with the manifest', async () => {
    for (const name of ['manifest.json', 'x.json', 'a', 'A']) {
      const id = await bench.file(`${here}/${name}`);
      expect((await take(id, `${here}/${name}`)).kind).toBe('done');
      // The same name again, another file.
      const next = await bench.file(`${here}/${name}`);
      expect((await take(next, `${here}/${name}`)).kind).toBe('done');
    }
    expect((await list()).map(({ problem }) => problem)).toEqual(Array(8).fill(undefined));
  });

  it('never takes what is in the quarantine', async () => {
    const id = await bench.file(`${here}/a`);
    await take(id, `${here}/a`);
    const { cell } = await only();
    const manifest = await bench.at(cell.manifest);
    expect((await take(manifest.id, cell.manifest)).kind).toBe('skipped');
    const job = { ...bench.input(quarantineAction, { to }, id, '/x').job, match: 'another' };
    const place = (await bench.at(id)).path;
    expect(await bench.run(quarantineAction, { to }, id, `${here}/a`, { job })).toMatchObject({
      kind: 'done',
      path: place,
    });
    expect(await list()).toHaveLength(1);
    expect(await take(await bench.directory(here), here)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('holds the quarantine'),
    });
    expect((await take(await bench.directory(to), to)).kind).toBe('skipped');
  });

  it('takes directories with all that is in them, and symlinks', async () => {
    await bench.file(`${here}/d/sub/a`);
    const id = await bench.directory(`${here}/d`);
    await bench.fromHere();
    expect(await take(id, `${here}/d`)).toMatchObject({ kind: 'done' });
    expect(await bench.unexpected(id)).toEqual([]);
    const { cell } = await only();
    expect(await bench.tree(cell.directory)).toContain(`${cell.directory}/d/sub/a`);
    const { data: link } = await bench.client.files.createSymlink(here, 'l', '/etc');
    expect(await take(link.id, `${here}/l`)).toMatchObject({ kind: 'done' });
  });

  it('says that other names of the file stayed', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.createLink(here, 'b', `${here}/a`);
    expect(await take(id, `${here}/a`)).toMatchObject({
      note: expect.stringContaining('1 other name of it (hard links) stayed'),
    });
    expect((await bench.at(`${here}/b`)).mode).toBe('0000');
  });

  it('gone, renamed, replaced', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.delete(id);
    await bench.file(`${here}/a`);
    expect((await take(id, `${here}/a`)).kind).toBe('gone');
    const b = await bench.file(`${here}/b now`);
    expect(await take(b, `${here}/b`)).toMatchObject({ path: expect.stringContaining('/b now') });
    expect(await bench.tree(here)).toContain(`${here}/a`);
  });

  it('a retention lock: nothing is left behind when it was there before', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.patchFileLock(id, { retention_period: '2040-01-01T00:00:00Z', legal_hold: true });
    expect(await take(id, `${here}/a`)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('a retention period until 2040-01-01T00:00:00Z and a legal hold'),
      remedy: expect.stringContaining('qwarden dead retry'),
    });
    expect(await bench.tree(here)).toEqual([`${here}/a`]);
  });

  it('a retention lock that comes between', async () => {
    const id = await bench.file(`${here}/a`);
    const { client } = bench;
    const files = {
      ...client.files,
      rename: async (...parameters: Parameters<typeof client.files.rename>) => {
        await client.files.patchFileLock(id, { legal_hold: true });
        return client.files.rename(...parameters);
      },
    };
    const input = bench.input(quarantineAction, { to }, id, `${here}/a`);
    expect(await quarantineAction.run(input, bench.context({ cluster: { ...client, files } }))).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('legal hold'),
    });
    expect(await only()).toMatchObject({ problem: expect.stringContaining(`at ${here}/a`) });
  });

  it('a quarantine that is full, not to be written to, or a file', async () => {
    const id = await bench.file(`${here}/a`, 'x'.repeat(100_000));
    bench.emulator.fs.quotas.create(await bench.directory(to), '40960');
    expect(await take(id, `${here}/a`)).toMatchObject({ kind: 'failed', remedy: expect.stringContaining('room') });
    expect(await bench.text(`${here}/a`)).toHaveLength(100_000);
    await bench.file(`${here}/file`);
    expect(await take(id, `${here}/a`, { to: `${here}/file` })).toMatchObject({ kind: 'failed' });
    const fault = bench.emulator.faults.add({ operation: 'POST *', fail: { status: 403, errorClass: 'fs_read_only' } });
    expect(await take(id, `${here}/a`, { to: `${here}/other` })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(`${here}/other cannot be made`),
    });
    bench.emulator.faults.remove(fault);
    expect((await bench.at(id)).path).toBe(`${here}/a`);
  });

  it.each(['POST *', 'PUT *', 'PATCH *', 'GET *'])('the cluster answers 503 to %s, then not', async (operation) => {
    const id = await bench.file(`${here}/a`);
    const fault = bench.emulator.faults.add({ operation, fail: { status: 503 } });
    expect(await take(id, `${here}/a`)).toMatchObject({ kind: 'transient', target: 'cluster', overload: true });
    bench.emulator.faults.remove(fault);
    expect(await take(id, `${here}/a`)).toMatchObject({ kind: 'done' });
    expect(await only()).toMatchObject({ problem: undefined, manifest: { mode: '0644' } });
  });

  it('dies anywhere and runs again: moved once, the manifest tells how it was', async () => {
    const rounds = await bench.dyingEverywhere(
      quarantineAction,
      async (round) => {
        const path = `${here}/${round}/a`;
        return { params: { to: `${here}/${round}/quarantine` }, fileId: await bench.file(path), path };
      },
      async (round, outcome, at) => {
        expect(outcome, at).toMatchObject({ kind: 'done' });
        const entries = await list(`${here}/${round}/quarantine`);
        expect(entries, at).toHaveLength(1);
        expect(entries[0], at).toMatchObject({
          problem: undefined,
          manifest: { mode: '0644' },
          file: { mode: '0000' },
        });
        const tree = await bench.tree(`${here}/${round}`);
        expect(
          tree.filter((path) => path.endsWith('/a')),
          at,
        ).toHaveLength(1);
        expect(tree, at).toHaveLength(5);
        for (const { cell } of entries) {
          for (const made of [cell.day, cell.directory]) expect((await bench.at(made)).mode, at).toBe('0700');
        }
      },
    );
    expect(rounds).toBeGreaterThan(20);
  });

  it('dry run: says it, changes nothing', async () => {
    const id = await bench.file(`${here}/a`);
    const said = await bench.dryRun(quarantineAction, { to }, id, `${here}/a`);
    expect(said).toMatch(/^would move \/q\d+\/a to quarantine: \/q\d+\/quarantine\/2031-12-31\/\d+-[0-9a-f]{8}\/a/);
    expect(await bench.tree(here)).toEqual([`${here}/a`]);
  });

  it('parameters and what it declares', () => {
    const check = (params: unknown) => quarantineAction.params(z).safeParse(params);
    expect(check({ to: '/q/' }).data).toEqual({ to: '/q', lock_down: true });
    for (const bad of ['/', 'q', '/q/{{year}}', '/a/../b']) expect(check({ to: bad }).success, bad).toBe(false);
    expect(quarantineAction.effects({ to: '/q', lock_down: true })).toMatchObject([
      { types: ['child_file_moved_from', 'child_dir_moved_from'] },
      { types: expect.arrayContaining(['child_file_renamed', 'child_acl_changed']), into: { under: '/q' } },
    ]);
  });
});

describe('what is in quarantine', () => {
  it('is listed, broken entries with what is wrong', async () => {
    const ids: string[] = [];
    for (const name of ['ok', 'empty', 'rubbish', 'none', 'deleted', 'out']) {
      const id = await bench.file(`${here}/${name}`);
      ids.push(id);
      await take(id, `${here}/${name}`);
    }
    const entries = new Map((await list()).map((entry) => [entry.manifest?.path.slice(here.length + 1), entry]));
    const cell = (name: string) => entries.get(name)?.cell ?? { manifest: '', directory: '', day: '' };
    await bench.client.files.writeData(cell('empty').manifest, '');
    await bench.client.files.writeData(cell('rubbish').manifest, '{"version": 2}');
    await bench.client.files.delete(cell('none').manifest);
    await bench.client.files.delete(`${cell('deleted').directory}/deleted`);
    await bench.client.files.rename(here, 'taken out', `${cell('out').directory}/out`);
    await bench.file(`${to}/2031-12-31/notes.txt`);
    await bench.directory(`${to}/not a day`);
    const problems = new Map((await list()).map((entry) => [entry.cell.directory, entry.problem]));
    expect(problems.size).toBe(6);
    expect(problems.get(cell('ok').directory)).toBeUndefined();
    expect(problems.get(cell('empty').directory)).toContain('it is empty');
    expect(problems.get(cell('rubbish').directory)).toContain('no manifest of qwarden');
    expect(problems.get(cell('none').directory)).toContain('is missing');
    expect(problems.get(cell('deleted').directory)).toContain('deleted');
    expect(problems.get(cell('out').directory)).toContain(`at ${here}/taken out`);
    for (const entry of (await list()).filter(({ problem }) => problem !== undefined)) {
      await expect(restoreQuarantined(bench.client, entry)).rejects.toThrow(QuarantineError);
    }
    // Purging clears up, and never touches the file that was taken out.
    for (const entry of await list()) await purgeQuarantined(bench.client, entry);
    expect(await list()).toEqual([]);
    expect(await bench.text(`${here}/taken out`)).toBe('data');
    expect(await bench.tree(to)).toEqual([`${to}/2031-12-31/`, `${to}/2031-12-31/notes.txt`, `${to}/not a day/`]);
  });

  it('no quarantine there', async () => {
    await expect(list(`${here}/none`)).rejects.toThrow(/There is no quarantine at/);
  });

  it.each(['plain mode', 'an ACL', 'flags and another owner'])('restored as it was: %s', async (what) => {
    const id = await bench.file(`${here}/in/a`);
    const { files } = bench.client;
    if (what === 'an ACL') await files.setAcl(id, WIDE);
    if (what === 'flags and another owner') {
      const { extended_attributes } = await bench.at(id);
      await files.setAttributes(id, {
        owner: '501',
        group: '17179870185',
        mode: '4711',
        extended_attributes: { ...extended_attributes, read_only: true, hidden: true },
      });
    }
    await files.setAttributes(id, {
      modification_time: '2020-01-02T03:04:05.123456789Z',
      creation_time: '2019-01-01T00:00:00Z',
      change_time: '2020-02-02T00:00:00.5Z',
    });
    const before = await looks(id);
    await take(id, `${here}/in/a`);
    await files.delete(`${here}/in`);
    expect(await restoreQuarantined(bench.client, await only())).toBe(`${here}/in/a`);
    expect(await looks(`${here}/in/a`)).toEqual(before);
    expect(await bench.tree(here)).toEqual([`${here}/in/`, `${here}/in/a`, `${to}/`]);
  });

  it('restored elsewhere: to a path, to a directory', async () => {
    const a = await bench.file(`${here}/a`);
    await take(a, `${here}/a`);
    expect(await restoreQuarantined(bench.client, await only(), { to: `${here}/x/y` })).toBe(`${here}/x/y`);
    const b = await bench.file(`${here}/b`);
    await take(b, `${here}/b`);
    expect(await restoreQuarantined(bench.client, await only(), { to: `${here}/x/` })).toBe(`${here}/x/b`);
    const c = await bench.file(`${here}/c`);
    await take(c, `${here}/c`);
    const entry = await only();
    await expect(restoreQuarantined(bench.client, entry, { to: 'x' })).rejects.toThrow(/is not absolute/);
    await expect(restoreQuarantined(bench.client, entry, { to: `${entry.cell.directory}/z` })).rejects.toThrow(
      /another path/,
    );
    await expect(restoreQuarantined(bench.client, entry, { to: `${here}/x/y/z` })).rejects.toThrow(/is no directory/);
  });

  it('refuses on a clash; overwrites a file when told, a directory never', async () => {
    const id = await bench.file(`${here}/a`, 'old');
    await take(id, `${here}/a`);
    await bench.file(`${here}/a`, 'new');
    const entry = await only();
    await expect(restoreQuarantined(bench.client, entry)).rejects.toThrow(`${here}/a is there already`);
    expect(await bench.text(`${here}/a`)).toBe('new');
    expect((await bench.at(id)).mode).toBe('0000');
    await bench.directory(`${here}/d`);
    await expect(restoreQuarantined(bench.client, entry, { to: `${here}/d`, overwrite: true })).rejects.toThrow(
      QuarantineError,
    );
    await restoreQuarantined(bench.client, entry, { overwrite: true });
    expect(await bench.text(`${here}/a`)).toBe('old');
  });

  it('a restore that dies anywhere is finished by the next', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at += 1) {
        const path = `${here}/${when}${at}/in/a`;
        const id = await bench.file(path);
        const before = await looks(id);
        const params = { to: `${here}/${when}${at}/quarantine` };
        await bench.run(quarantineAction, params, id, path);
        const [entry] = await list(params.to);
        if (entry === undefined) throw new Error('nothing was taken');
        const { client, died } = bench.dyingAt(at, when);
        await restoreQuarantined(client, entry).catch(() => undefined);
        if (!died()) break;
        // Once all is cleared up there is nothing left to restore.
        if ((await list(params.to)).length > 0) await restoreQuarantined(bench.client, entry);
        expect(await looks(path), `${when} ${at}`).toEqual(before);
        expect(await list(params.to)).toEqual([]);
      }
    }
  });

  it('purged for good: files, directories; not when a retention lock holds them', async () => {
    const id = await bench.file(`${here}/a`);
    await take(id, `${here}/a`, { lock_down: false });
    await bench.client.files.patchFileLock(id, { legal_hold: true });
    await expect(purgeQuarantined(bench.client, await only())).rejects.toThrow(/legal hold/);
    expect((await only()).problem).toBeUndefined();
    await bench.client.files.patchFileLock(id, { legal_hold: false });
    await purgeQuarantined(bench.client, await only());
    await bench.file(`${here}/d/e/f`);
    await take(await bench.directory(`${here}/d`), `${here}/d`);
    await purgeQuarantined(bench.client, await only());
    expect(await list()).toEqual([]);
    expect(await bench.tree(here)).toEqual([`${to}/`]);
  });

  it('a name of a file with several: quarantined, restored and purged without the others', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.createLink(here, 'b', `${here}/a`);
    const first = await take(id, `${here}/b`);
    expect(await take(id, `${here}/b`)).toMatchObject({ kind: 'done', path: first.kind === 'done' ? first.path : '' });
    expect((await only()).problem).toBeUndefined();
    expect(await restoreQuarantined(bench.client, await only())).toBe(`${here}/b`);
    expect(await bench.tree(here)).toEqual([`${here}/a`, `${here}/b`, `${to}/`]);
    await take(id, `${here}/b`);
    await purgeQuarantined(bench.client, await only());
    expect(await bench.tree(here)).toEqual([`${here}/a`, `${to}/`]);
  });

  it('somebody has put the file back by hand: restoring gives it the rest', async () => {
    const id = await bench.file(`${here}/a`);
    const before = await looks(id);
    await take(id, `${here}/a`);
    const entry = await only();
    await bench.client.files.rename(here, 'a', `${entry.cell.directory}/a`);
    expect(entry.manifest?.mode).toBe('0644');
    expect(await restoreQuarantined(bench.client, entry)).toBe(`${here}/a`);
    expect(await looks(id)).toEqual(before);
  });

  it('purging leaves other names of the file', async () => {
    const id = await bench.file(`${here}/a`);
    await bench.client.files.createLink(here, 'b', `${here}/a`);
    await take(id, `${here}/a`);
    await purgeQuarantined(bench.client, await only());
    expect(await bench.tree(here)).toEqual([`${here}/b`, `${to}/`]);
  });
});
