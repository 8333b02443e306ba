import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QumuloClient, systemClock } from '@qwarden/qumulo-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAllStop } from '../../src/actions/all-stop/index.ts';
import { stopRecord } from '../../src/actions/all-stop/record.ts';
import type { StopRecords } from '../../src/actions/all-stop/records.ts';
import { type ResumeOptions, resumeStops, type ResumeReport } from '../../src/actions/all-stop/resume.ts';
import type { ActionOutcome } from '../../src/actions/port.ts';
import { fileStopRecords } from '../../src/stores/files/stop-records.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let stateDir = '';
let records: StopRecords;
beforeEach(async () => {
  bench = await ActionBench.open();
  stateDir = mkdtempSync(join(tmpdir(), 'qwarden-all-stop-'));
  records = fileStopRecords(stateDir, systemClock);
  await furnish();
});
afterEach(async () => {
  await bench.close();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Two tenants with exports and shares of many kinds; S3 and FTP on. */
async function furnish(): Promise<void> {
  const { cluster } = bench.emulator;
  await bench.file('/lab/a', 'before');
  const lab = cluster.tenants.add({ name: 'lab', nfs_enabled: true, smb_enabled: false });
  cluster.exports.add({
    exportPath: '/lab',
    fsPath: '/lab',
    restrictions: [
      {
        ...openTo(['10.0.0.0/8']),
        user_mapping: 'NFS_MAP_ROOT',
        map_to_user: { id_type: 'NFS_UID', id_value: '1001' },
      },
      { ...openTo(['192.168.0.1-9']), read_only: true, require_privileged_port: true },
      openTo([]),
    ],
  });
  cluster.exports.add({ exportPath: '/lab', fsPath: '/lab', tenantId: lab.config.id, restrictions: [openTo([])] });
  const share = { fsPath: '/lab', permissions: cluster.shares.named('Files', 1)?.permissions ?? [] };
  cluster.shares.add({
    ...share,
    name: 'lab',
    networkPermissions: [
      { type: 'DENIED', address_ranges: ['10.9.0.0/16'], rights: ['READ', 'WRITE', 'CHANGE_PERMISSIONS'] },
      { type: 'ALLOWED', address_ranges: ['10.0.0.0/8'], rights: ['READ', 'WRITE'] },
      { type: 'ALLOWED', address_ranges: ['10.5.0.0/16'], rights: ['WRITE'] },
    ],
  });
  cluster.shares.add({ ...share, name: 'lab', tenantId: lab.config.id });
  cluster.shares.add({
    ...share,
    name: 'drop',
    networkPermissions: [{ type: 'ALLOWED', address_ranges: [], rights: ['WRITE'] }],
  });
  await bench.client.s3Settings.modify({ enabled: true });
  await bench.client.ftpSettings.modify({ enabled: true });
}

/** Fewer parts, for tests with many rounds: one of each kind. */
function prune(): void {
  const { exports, shares, tenants } = bench.emulator.cluster;
  for (const { id, exportPath, tenantId } of exports.all())
    if (exportPath !== '/lab' || tenantId !== 1) exports.remove(id);
  for (const { id, name, tenantId } of shares.all()) if (name !== 'lab' || tenantId !== 1) shares.remove(id);
  tenants.remove(tenants.get(2));
}

function openTo(hosts: string[]) {
  return {
    host_restrictions: hosts,
    read_only: false,
    require_privileged_port: false,
    required_authentication_mode: 'AUTHENTICATION_MODE_NONE' as const,
    user_mapping: 'NFS_MAP_NONE' as const,
    map_to_user: null,
    map_to_group: null,
  };
}

/** Without a disk, for tests with many rounds. */
function inMemory(): StopRecords {
  const kept = new Map<string, string>();
  return {
    list: () =>
      Promise.resolve({
        records: [...kept.values()].map((text) => stopRecord.parse(JSON.parse(text))),
        unreadable: [],
      }),
    save: (record) => Promise.resolve(void kept.set(record.id, JSON.stringify(record))),
    exclusively: (task) => task(),
  };
}

/** All that the API shows of it. */
async function configuration(client: QumuloClient = bench.client) {
  const lists = await Promise.all([
    client.tenants.list(),
    client.nfsExports.list(),
    client.smbShares.list({ populateTrusteeNames: true }),
    client.s3Settings.get(),
    client.ftpSettings.get(),
  ]);
  return lists.map(({ data }) => data);
}

/** Who can write now, of those that could at first. */
function writers(): string[] {
  const ways = {
    nfs: { protocol: 'nfs', path: '/lab/a' },
    'nfs /lab': { protocol: 'nfs', export: '/lab', path: '/a', address: '172.16.0.1' },
    'nfs lab': { protocol: 'nfs', export: '/lab', tenantId: 2, path: '/a' },
    smb: { protocol: 'smb', path: '/lab/a' },
    'smb lab': { protocol: 'smb', share: 'lab', path: '/a' },
    'smb drop': { protocol: 'smb', share: 'drop', path: '/a' },
    s3: { protocol: 's3', path: '/lab/a' },
    ftp: { protocol: 'ftp', path: '/lab/a' },
  } as const;
  return Object.entries(ways)
    .filter(([, way]) => bench.emulator.asClient({ ...way, action: 'write', data: 'x' }).done)
    .map(([name]) => name);
}
const EVERYBODY = ['nfs', 'nfs /lab', 'nfs lab', 'smb', 'smb lab', 'smb drop', 's3', 'ftp'];

let matches = 0;

/** One trigger after another, unless told to be the same job. */
function fire(
  params: object = {},
  more: { records?: StopRecords; cluster?: QumuloClient; match?: string } = {},
): Promise<ActionOutcome> {
  const action = createAllStop(more.records ?? records);
  const input = bench.input(action, { confirm: true, ...params }, '77', '/lab/a');
  const job = { ...input.job, match: more.match ?? `match ${(matches += 1)}` };
  return action.run({ ...input, job }, bench.context({ cluster: more.cluster ?? bench.client }));
}

function resume(options: Partial<ResumeOptions> = {}, from = records): Promise<ResumeReport> {
  return resumeStops(bench.client, from, { changed: 'refuse', now: () => 0, ...options });
}

/** For who has the records to themselves already. */
const runInside = () => fire({}, { records: { ...records, exclusively: (task) => task() } });

const verdicts = ({ stops }: ResumeReport): Record<string, string> =>
  Object.fromEntries(stops.flatMap(({ parts }) => parts.map(({ name, verdict }) => [name, verdict])));

const refuse = (operation: string, status = 403) =>
  bench.emulator.faults.add({ operation, fail: { status, errorClass: 'refused' } });

describe('all-stop', () => {
  it('stops all writes, and resume brings back exactly what was', async () => {
    const before = await configuration();
    expect(writers()).toEqual(EVERYBODY);
    expect(await fire()).toMatchObject({
      kind: 'done',
      note: expect.stringMatching(
        /^stopped the cluster: tenant Default, tenant lab without NFS and SMB; S3 off; FTP off; NFS export \/, /,
      ),
    });
    expect(writers()).toEqual([]);
    const stopped = await configuration();
    // A second one changes nothing, in this process, in another one, and on another machine.
    expect((await fire()).kind).toBe('skipped');
    expect((await fire({}, { records: fileStopRecords(stateDir, systemClock) })).kind).toBe('skipped');
    const elsewhere = mkdtempSync(join(tmpdir(), 'qwarden-all-stop-'));
    expect(await fire({}, { records: fileStopRecords(elsewhere, systemClock) })).toMatchObject({
      kind: 'skipped',
      note: expect.stringContaining('by another qwarden or by hand'),
    });
    expect(readdirSync(join(elsewhere, 'all-stop')).filter((name) => name.endsWith('.json'))).toEqual([]);
    rmSync(elsewhere, { recursive: true });
    expect(await configuration()).toEqual(stopped);
    const report = await resume();
    expect(report.stops.map(({ over }) => over)).toEqual([true]);
    expect(new Set(Object.values(verdicts(report)))).toEqual(new Set(['restored']));
    expect(await configuration()).toEqual(before);
    expect(writers()).toEqual(EVERYBODY);
    expect(await resume()).toEqual({ stops: [], elsewhere: [], unreadable: [] });
    // It is armed again.
    expect((await fire()).kind).toBe('done');
    expect(writers()).toEqual([]);
  });

  it('mode read-only: clients can read on, hosts keep their restrictions', async () => {
    const before = await configuration();
    expect((await fire({ mode: 'read-only' })).kind).toBe('done');
    expect(writers()).toEqual([]);
    const read = { action: 'read', protocol: 'smb', share: 'lab', path: '/a' } as const;
    expect(bench.emulator.asClient(read).done).toBe(true);
    expect(bench.emulator.asClient({ ...read, address: '10.9.0.1' }).done).toBe(false);
    expect(bench.emulator.asClient({ ...read, address: '11.0.0.1' }).done).toBe(false);
    expect(bench.emulator.asClient({ action: 'read', protocol: 'nfs', export: '/lab', path: '/a' }).done).toBe(true);
    // The rest of it comes when a rule asks for more, and goes back on top of it.
    expect(await fire()).toMatchObject({ kind: 'done', note: expect.not.stringContaining('SMB share') });
    await resume();
    expect(await configuration()).toEqual(before);
  });

  it.each([
    [{ share: 'LAB' }, ['smb lab']],
    [{ share: '1' }, ['smb']],
    [{ export: '/lab/' }, ['nfs /lab', 'nfs lab']],
    [{ export: 1 }, ['nfs']],
    [{ tenant: 'lab' }, ['nfs lab']],
    [{ tenant: 1 }, ['nfs', 'nfs /lab', 'smb', 'smb lab', 'smb drop']],
  ])('scope %j stops that and nothing else', async (scope, stopped) => {
    const before = await configuration();
    expect((await fire({ scope })).kind).toBe('done');
    expect(writers()).toEqual(EVERYBODY.filter((one) => !stopped.includes(one)));
    expect((await fire({ scope })).kind).toBe('skipped');
    await resume();
    expect(await configuration()).toEqual(before);
  });

  it('a share that is not there: says so, stops nothing', async () => {
    expect(await fire({ scope: { share: 'none' } })).toMatchObject({
      kind: 'failed',
      reason: 'The cluster has no SMB share none: nothing was stopped.',
    });
    expect((await records.list()).records).toEqual([]);
  });

  it('files that SMB clients hold open cannot be written either: their sessions end, those of the scope only', async () => {
    const { emulator } = bench;
    const open = (share: string, address: string) => {
      const outcome = emulator.asClient({
        protocol: 'smb',
        action: 'open',
        share,
        path: share === 'Files' ? '/lab/a' : '/a',
        address,
      });
      return outcome.done ? (outcome.handle ?? '') : '';
    };
    const [files, lab] = [open('Files', '10.0.0.1'), open('lab', '10.0.0.2')];
    const writes = (handle: string) =>
      emulator.asClient({ protocol: 'smb', action: 'write', handle, path: '/a', data: 'x' }).done;
    expect([writes(files), writes(lab)]).toEqual([true, true]);
    expect(await fire({ scope: { share: 'lab' } })).toMatchObject({
      note: expect.stringContaining('1 SMB session closed'),
    });
    expect([writes(files), writes(lab)]).toEqual([true, false]);
    expect((await fire({ mode: 'read-only' })).kind).toBe('done');
    expect(writes(files)).toBe(false);
  });

  it('says what is stopped and what is not when the cluster refuses; the next run completes it, with the first "before"', async () => {
    const before = await configuration();
    const faults = [refuse('PATCH /v1/s3/settings'), refuse('PATCH /v3/smb/shares/{id}')];
    const outcome = await fire();
    expect(outcome).toMatchObject({ kind: 'failed', remedy: expect.stringContaining('privileges') });
    expect('reason' in outcome ? outcome.reason : '').toMatch(
      /^Only a part of the cluster is stopped\. NOT stopped: S3 \(403 refused: .*\); SMB share Files \(403 .*Stopped: tenant Default, .*FTP off/,
    );
    expect(writers()).toEqual(['s3']);
    expect((await fire()).kind).toBe('failed');
    for (const fault of faults) bench.emulator.faults.remove(fault);
    expect((await fire()).kind).toBe('done');
    expect(writers()).toEqual([]);
    await resume();
    expect(await configuration()).toEqual(before);
  });

  it('what cannot even be looked at keeps nothing else from being stopped', async () => {
    refuse('GET /v1/multitenancy/tenants/');
    refuse('GET /v1/s3/settings', 503);
    refuse('GET /v1/smb/sessions/');
    refuse('GET /v1/node/state');
    expect(await fire()).toMatchObject({
      kind: 'transient',
      reason: expect.stringMatching(/NOT stopped: the tenants \(403.*S3 \(503.*SMB sessions \(403/),
    });
    expect(writers()).toEqual(['s3']);
  });

  it('a cluster that takes a change and does not show it is not taken for stopped', async () => {
    const { client } = bench;
    const deaf = { ...client, s3Settings: { ...client.s3Settings, modify: () => client.s3Settings.get() } };
    expect(await fire({}, { cluster: deaf })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('NOT stopped: S3 (the cluster takes the change'),
    });
  });

  it('resume leaves what somebody changed since, and says so; forced, it restores that too', async () => {
    const before = await configuration();
    await fire();
    const { client } = bench;
    const [, lab] = (await client.smbShares.list()).data;
    await client.smbShares.modify(lab?.id ?? '', { network_permissions: [] });
    await client.smbShares.modify('1', { description: 'changed, and no business of ours' });
    await client.nfsExports.modify('1', { restrictions: [] });
    const gone = (await client.smbShares.list()).data.at(-1)?.id ?? '';
    bench.emulator.cluster.shares.remove(gone);
    const report = await resume();
    expect(report.stops.map(({ over }) => over)).toEqual([false]);
    expect(verdicts(report)).toMatchObject({
      'NFS export /': 'changed',
      'SMB share Files': 'restored',
      'SMB share drop': 'gone',
      'tenant Default': 'restored',
    });
    expect((await client.nfsExports.get('1')).data.restrictions).toEqual([]);
    expect(verdicts(await resume({ dryRun: true, changed: 'restore' }))).toMatchObject({
      'NFS export /': 'would-restore',
    });
    const forced = await resume({ changed: 'restore' });
    expect(forced.stops.map(({ over }) => over)).toEqual([true]);
    const shares = bench.emulator.cluster.shares;
    shares.change(shares.get('1'), { description: '' });
    const after = await configuration();
    expect([after[0], after[1], after[3], after[4]]).toEqual([before[0], before[1], before[3], before[4]]);
  });

  it('resume can end a stop and keep what was changed', async () => {
    await fire();
    await bench.client.ftpSettings.modify({ enabled: true });
    await bench.client.ftpSettings.modify({ enabled: false });
    await bench.client.nfsExports.modify('1', { restrictions: [] });
    const report = await resume({ changed: 'keep' });
    expect(report.stops.map(({ over }) => over)).toEqual([true]);
    expect(verdicts(report)).toMatchObject({ 'NFS export /': 'changed', FTP: 'restored' });
    expect((await bench.client.nfsExports.get('1')).data.restrictions).toEqual([]);
  });

  it('a refused resume keeps standing', async () => {
    const before = await configuration();
    await fire();
    const fault = refuse('PATCH /v0/ftp/settings');
    const report = await resume();
    expect([report.stops.map(({ over }) => over), verdicts(report)['FTP']]).toEqual([[false], 'failed']);
    bench.emulator.faults.remove(fault);
    expect(Object.keys(verdicts(await resume()))).toEqual(['FTP']);
    expect(await configuration()).toEqual(before);
  });

  it('a part that somebody opened is left so while the rest is stopped; a stop that was undone by hand is over', async () => {
    await fire({ scope: { tenant: 'lab' } });
    const { tenants, nfsExports, smbShares } = bench.client;
    await tenants.modify(2, { nfs_enabled: true });
    expect(await fire({ scope: { tenant: 'lab' } })).toMatchObject({
      kind: 'skipped',
      note: expect.stringContaining('somebody has opened since, and that was left so: tenant lab'),
    });
    for (const one of (await nfsExports.list()).data)
      if (one.tenant_id === 2)
        await nfsExports.modify(one.id, {
          restrictions: [{ host_restrictions: ['10.0.0.1'], read_only: false, user_mapping: 'NFS_MAP_NONE' }],
        });
    for (const one of (await smbShares.list()).data)
      if (one.tenant_id === 2)
        await smbShares.modify(one.id, {
          network_permissions: [{ type: 'ALLOWED', address_ranges: [], rights: ['ALL'] }],
        });
    const byHand = await configuration();
    expect((await fire({ scope: { tenant: 'lab' } })).kind).toBe('done');
    expect((await records.list()).records.map(({ state }) => state)).toEqual(['over', 'stopped']);
    await resume();
    expect(await configuration()).toEqual(byHand);
  });

  it('a change between the first look and the stop is not lost without a word', async () => {
    const { client } = bench;
    const hand = client.nfsExports;
    const raced = {
      ...client,
      nfsExports: {
        ...hand,
        list: async () => {
          const answer = await hand.list();
          await hand.modify('1', {
            restrictions: [{ host_restrictions: ['10.0.0.0/8'], read_only: false, user_mapping: 'NFS_MAP_NONE' }],
          });
          return answer;
        },
      },
    };
    expect((await fire({}, { cluster: raced })).kind).toBe('done');
    expect(writers()).toEqual([]);
    expect((await hand.get('1')).data.restrictions).toMatchObject([
      { host_restrictions: ['10.0.0.0/8'], read_only: true },
    ]);
    expect(verdicts(await resume())).toMatchObject({ 'NFS export /': 'changed', 'NFS export /lab': 'restored' });
  });

  it('two engines at the same moment: whatever each of them kept, both resumes lead back', async () => {
    const before = await configuration();
    const other = fileStopRecords(join(stateDir, 'other'), systemClock);
    const outcomes = await Promise.all([fire(), fire({}, { records: other })]);
    for (const { kind } of outcomes) expect(['done', 'skipped', 'transient']).toContain(kind);
    await fire();
    await fire({}, { records: other });
    expect(writers()).toEqual([]);
    for (const from of [other, records]) await resume({ changed: 'restore' }, from);
    expect(await configuration()).toEqual(before);
  });

  it.each(['before', 'after'] as const)(
    'dies %s any call, runs again, resumes: stopped, then exactly as it was',
    async (when) => {
      prune();
      records = inMemory();
      const [before, all] = [await configuration(), writers()];
      for (let n = 1; ; n += 1) {
        const { client, died } = bench.dyingAt(n, when);
        const match = `job ${n}`;
        const first = await fire({}, { cluster: client, match });
        const last = await fire({}, { match });
        expect(['done', 'skipped'], `${when} call ${n}`).toContain(last.kind);
        expect(writers(), `${when} call ${n}`).toEqual([]);
        const report = await resume();
        expect(
          report.stops.map(({ over }) => over),
          `${when} call ${n}`,
        ).toEqual([true]);
        expect(await configuration(), `${when} call ${n}`).toEqual(before);
        if (!died() || first.kind === 'done') break;
        if (n > 300) throw new Error('it never ends');
      }
      expect(all).toEqual(['nfs /lab', 'smb lab', 's3', 'ftp']);
      expect(writers()).toEqual(all);
    },
  );

  it.each(['before', 'after'] as const)(
    'a resume that dies %s any call is completed by the next, and by a trigger in between',
    async (when) => {
      prune();
      records = inMemory();
      const before = await configuration();
      for (let n = 1; ; n += 1) {
        await fire();
        const { client, died } = bench.dyingAt(n, when);
        const finished = await resumeStops(client, records, { changed: 'refuse', now: () => 0 }).then(
          () => true,
          () => false,
        );
        // Every second time a trigger comes before somebody resumes again.
        const fired = n % 2 === 0 && !finished ? [(await fire()).kind, ...writers()] : ['done'];
        expect(fired, `${when} call ${n}`).toEqual(['done']);
        await resume();
        expect(await configuration(), `${when} call ${n}`).toEqual(before);
        if (!died() || finished) break;
      }
    },
  );

  it('dies without having stopped anything more than was kept, and is resumed without a second run', async () => {
    const before = await configuration();
    for (const n of [8, 12, 20, 30]) {
      await fire({}, { cluster: bench.dyingAt(n, 'after').client });
      await resume();
      expect(await configuration(), `call ${n}`).toEqual(before);
    }
  });

  it('cannot keep the record: nothing is stopped, and it says why', async () => {
    const full = fileStopRecords('/proc/none', systemClock);
    const unlocked: StopRecords = { ...full, exclusively: (task) => task() };
    expect(await fire({}, { records: unlocked })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('could not be kept'),
    });
    expect(writers()).toEqual(EVERYBODY);
  });

  it('a cluster that does not answer is not asked for each part, and is asked again', async () => {
    bench.emulator.faults.add({ operation: 'GET /v1/multitenancy/tenants/{id}', drop: 'before' });
    const outcome = await fire();
    expect(outcome).toMatchObject({
      kind: 'transient',
      target: 'cluster',
      reason: expect.stringMatching(/NOT stopped: tenant Default \(.*tenant lab \(.*S3, FTP, .* \(not tried/),
    });
    bench.emulator.faults.clear();
    expect((await fire()).kind).toBe('done');
    expect(writers()).toEqual([]);
  });

  it('thousands of triggers while a stop stands do not become thousands of questions', async () => {
    const action = createAllStop(records);
    const input = bench.input(action, { confirm: true }, '77', '/lab/a');
    const triggers = Array.from({ length: 20 }, () => action.run(input, bench.context()));
    const kinds = (await Promise.all(triggers)).map(({ kind }) => kind);
    expect(kinds).toEqual(['done', ...Array.from({ length: 19 }, () => 'skipped')]);
    expect(bench.emulator.stats.count('GET /v3/smb/shares/')).toBe(2);
    await resume();
    const next = { ...input, job: { ...input.job, match: 'the next' } };
    expect((await action.run(next, bench.context())).kind).toBe('done');
  });

  it('a job that runs again after its stop was taken back does not make it anew', async () => {
    await fire({}, { match: 'a' });
    await resume();
    expect(await fire({}, { match: 'a' })).toMatchObject({
      kind: 'skipped',
      note: expect.stringContaining('taken back since'),
    });
    expect(writers()).toEqual(EVERYBODY);
    expect((await fire({}, { match: 'b' })).kind).toBe('done');
  });

  it('records: private, and a damaged one is told of and never touched', async () => {
    await fire();
    const directory = join(stateDir, 'all-stop');
    const [name = ''] = readdirSync(directory).filter((one) => one.endsWith('.json'));
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    writeFileSync(join(directory, name), '{');
    writeFileSync(join(directory, 'newer.json'), '{"version":2}');
    expect((await records.list()).unreadable).toEqual([
      { path: join(directory, name), why: 'it is not JSON' },
      { path: join(directory, 'newer.json'), why: 'it was written by a newer qwarden' },
    ]);
    expect((await resume()).unreadable).toHaveLength(2);
  });

  it('a record that cannot be read is named; what is open is stopped all the same, and both records bring back what was', async () => {
    await fire();
    const directory = join(stateDir, 'all-stop');
    const names = () => readdirSync(directory).filter((one) => one.endsWith('.json'));
    const [name = ''] = names();
    const path = join(directory, name);
    const kept = readFileSync(path, 'utf8');
    const named = expect.stringContaining(`CANNOT BE READ: ${path} (it is not JSON)`);
    writeFileSync(path, '{');
    expect(await fire()).toMatchObject({ kind: 'skipped', note: named });
    expect(names()).toEqual([name]);
    await bench.client.s3Settings.modify({ enabled: true });
    expect(await fire()).toMatchObject({ kind: 'done', note: named });
    expect(writers()).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('{');
    expect(names()).toHaveLength(2);
    writeFileSync(path, kept);
    await resume();
    expect(writers()).toEqual(EVERYBODY);
    expect((await fire()).kind).toBe('done');
    await resume();
  });

  it.skipIf(process.geteuid?.() !== 0)(
    'root resumes in the directory of a service: it stays readable for the service (needs root)',
    async () => {
      await fire();
      const directory = join(stateDir, 'all-stop');
      const owners = () =>
        Object.fromEntries(
          [stateDir, directory, ...readdirSync(directory).map((name) => join(directory, name))].map((path) => {
            const { uid, gid } = statSync(path);
            return [path, `${uid}:${gid}`];
          }),
        );
      for (const path of Object.keys(owners())) chownSync(path, 4711, 4712);
      rmSync(join(directory, 'qwarden.lock'));
      expect((await resume()).stops.map(({ over }) => over)).toEqual([true]);
      expect(Object.keys(owners()).sort()).toContain(join(directory, 'qwarden.lock'));
      expect(new Set(Object.values(owners()))).toEqual(new Set(['4711:4712']));
      // A record that is new, and all of the directory.
      rmSync(directory, { recursive: true });
      await records.exclusively(async () => {
        expect(statSync(join(directory, 'qwarden.pid')).uid).toBe(4711);
        expect((await runInside()).kind).toBe('done');
      });
      expect(Object.keys(owners())).toHaveLength(4);
      expect(new Set(Object.values(owners()))).toEqual(new Set(['4711:4712']));
    },
  );

  it('another cluster: its stops are neither taken for ours nor restored here', async () => {
    await fire();
    const [record] = (await records.list()).records;
    if (record === undefined) throw new Error('no record');
    await resume();
    await records.save({ ...record, id: 'other', clusterId: 'other', state: 'stopped' });
    expect((await fire()).kind).toBe('done');
    const report = await resume();
    expect(report.elsewhere.map(({ id }) => id)).toEqual(['other']);
    expect(report.stops).toHaveLength(1);
  });

  it('dry run: says what it would stop, stops nothing', async () => {
    const before = await configuration();
    const action = createAllStop(records);
    expect(await bench.dryRun(action, { confirm: true, scope: { share: 'Files' } }, '77', '/lab/a')).toBe(
      'would stop share Files: SMB share Files read-only',
    );
    expect(await bench.dryRun(action, { confirm: true }, '77', '/lab/a')).toContain(
      'would stop the cluster: tenant Default',
    );
    expect(await configuration()).toEqual(before);
    await fire();
    expect(await bench.dryRun(action, { confirm: true }, '77', '/lab/a')).toContain('would change nothing');
  });

  it('parameters', () => {
    const check = (params: object) => createAllStop(records).params(z).safeParse(params);
    expect(check({ confirm: true }).data).toEqual({
      scope: { kind: 'cluster' },
      mode: 'both',
      close_sessions: true,
      confirm: true,
    });
    expect(check({}).error?.message).toContain('takes the cluster away');
    expect(check({ confirm: false }).success).toBe(false);
    expect(check({ confirm: true, scope: { share: 'a', export: '/b' } }).success).toBe(false);
    expect(check({ confirm: true, scope: {} }).success).toBe(false);
    expect(check({ confirm: true, scope: 'share' }).success).toBe(false);
    const privileges = (params: object) =>
      createAllStop(records).privileges(createAllStop(records).params(z).parse(params));
    expect(privileges({ confirm: true })).toContain('PRIVILEGE_TENANT_WRITE');
    expect(privileges({ confirm: true, scope: { share: 'x' }, close_sessions: false })).toEqual([
      'PRIVILEGE_SMB_SHARE_READ',
      'PRIVILEGE_SMB_SHARE_WRITE',
    ]);
  });
});
