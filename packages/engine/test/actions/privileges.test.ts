import type { Privilege, QumuloClient } from '@qwarden/qumulo-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAllStop } from '../../src/actions/all-stop/index.ts';
import { type StopRecord, stopRecord } from '../../src/actions/all-stop/record.ts';
import { builtinActions } from '../../src/actions/catalog.ts';
import type { Action, ActionOutcome } from '../../src/actions/port.ts';
import { PRIVILEGES_OF_ACTIONS, PRIVILEGES_OF_WATCHING } from '../../src/actions/privileges.ts';
import { startupChecks } from '../../src/filelock/startup-checks.ts';
import { ActionBench } from '../support/action-context.ts';

let n = 0;
const isPrivilege = (text: string): text is Privilege => text.startsWith('PRIVILEGE_');

/** The client of a user who has these privileges and no others. */
function clientOf(bench: ActionBench, privileges: readonly string[]): QumuloClient {
  const { accounts, roles, tokens } = bench.emulator.cluster.identity;
  const name = `user${(n += 1)}`;
  const user = accounts.addUser({ name });
  roles.addMember(roles.add(name, '', privileges.filter(isPrivilege)), user.id);
  const secret = { userId: user.id, creatorId: user.id, now: bench.emulator.clock.nowMs(), expiresAt: null };
  return bench.clientWith(tokens.create(secret).secret);
}

/** All that a person is told. */
function toldIn(outcome: ActionOutcome): string {
  return `${'reason' in outcome ? outcome.reason : ''} ${'remedy' in outcome ? outcome.remedy : ''}`;
}

function actionNamed(name: string): Action {
  const action = builtinActions[name];
  if (action === undefined) throw new Error(`${name} is no action`);
  return action;
}

/** Those that work on the file, with the parameters that need most. */
const CASES: Readonly<Record<string, (here: string) => unknown>> = {
  copy: (here) => ({ to: `${here}/out` }),
  lock: () => ({ retention: '1d', wait_for_close: true }),
  move: (here) => ({ to: `${here}/out` }),
  permissions: () => ({ owner: 'guest', acl: { add: [{ trustee: 'everyone', rights: ['read'] }] } }),
  quarantine: (here) => ({ to: `${here}/quarantine` }),
  rename: () => ({ to: 'b' }),
  snapshot: () => ({}),
  tag: () => ({ set: { a: '1' } }),
};

describe('an action on a file', () => {
  let bench: ActionBench;
  beforeAll(async () => {
    bench = await ActionBench.open();
  });
  afterAll(() => bench.close());

  async function run(
    name: string,
    params: unknown,
    { path, privileges }: { path: string; privileges: readonly string[] },
  ) {
    const action = actionNamed(name);
    const id = bench.emulator.fs.idOf(path) ?? '';
    const client = clientOf(bench, privileges);
    try {
      return await action.run(bench.input(action, params, id, path), bench.context({ cluster: client }));
    } finally {
      await client.close();
    }
  }

  it.each(Object.keys(CASES))(
    '%s works with the privileges that it names; with one less it does nothing and names it',
    async (name) => {
      const here = `/v${(n += 1)}`;
      const path = `${here}/a`;
      const params = CASES[name]?.(here);
      await bench.client.files.setAttributes(await bench.file(path), { mode: '0600' });
      const before = await bench.tree(here);
      const action = actionNamed(name);
      const named = action.privileges(action.params(z).parse(params));
      for (const lacking of named) {
        const privileges = named.filter((one) => one !== lacking);
        const outcome = await run(name, params, { path, privileges });
        expect(outcome.kind, lacking).toBe('failed');
        expect(toldIn(outcome)).toContain(lacking);
      }
      expect(await bench.tree(here)).toEqual(before);
      expect(await run(name, params, { path, privileges: named })).toMatchObject({ kind: 'done' });
    },
  );

  it('those that need privileges are all tried here', () => {
    const needing = Object.entries(PRIVILEGES_OF_ACTIONS).flatMap(([name, { always }]) =>
      always.length > 0 || name === 'all-stop' ? [name] : [],
    );
    expect(needing).toEqual(['all-stop', ...Object.keys(CASES)]);
  });
});

describe('all-stop', () => {
  let bench: ActionBench;
  beforeEach(async () => {
    bench = await ActionBench.open();
    const { tenants, exports, shares } = bench.emulator.cluster;
    await bench.directory('/lab');
    const lab = tenants.add({ name: 'lab', nfs_enabled: true, smb_enabled: true });
    const restrictions = exports.all()[0]?.restrictions ?? [];
    const { permissions = [] } = shares.named('Files', 1) ?? {};
    exports.add({ exportPath: '/lab', fsPath: '/lab', tenantId: lab.config.id, restrictions });
    shares.add({ name: 'lab', fsPath: '/lab', tenantId: lab.config.id, permissions });
    await bench.client.s3Settings.modify({ enabled: true });
    await bench.client.ftpSettings.modify({ enabled: true });
    await bench.file('/lab/a');
    bench.emulator.asClient({ protocol: 'smb', action: 'open', share: 'Files', path: '/lab/a', address: '10.0.0.1' });
  });
  afterEach(() => bench.close());

  async function fire(params: object, without: string) {
    const kept = new Map<string, StopRecord>();
    const action = createAllStop({
      list: () => Promise.resolve({ records: [...kept.values()], unreadable: [] }),
      save: (record) => Promise.resolve(void kept.set(record.id, stopRecord.parse(structuredClone(record)))),
      exclusively: (task) => task(),
    });
    const given = { confirm: true, ...params };
    const privileges = action.privileges(action.params(z).parse(given)).filter((one) => one !== without);
    const client = clientOf(bench, privileges);
    try {
      return await action.run(bench.input(action, given, '2', '/'), bench.context({ cluster: client }));
    } finally {
      await client.close();
    }
  }

  const scopes = [
    {},
    { mode: 'read-only' },
    { scope: { tenant: 'lab' }, close_sessions: false },
    { scope: { export: '/lab' }, close_sessions: false },
    { scope: { share: 'Files' } },
  ];
  const action = actionNamed('all-stop');
  const cases = scopes.flatMap((params) =>
    action
      .privileges(action.params(z).parse({ confirm: true, ...params }))
      .map((lacking) => [JSON.stringify(params), lacking, params] as const),
  );

  it.each(scopes)('%o works with the privileges that it names', async (params) => {
    expect(await fire(params, '')).toMatchObject({ kind: 'done' });
  });

  it.each(cases)('%s without %s says what it lacks', async (_name, lacking, params) => {
    const outcome = await fire(params, lacking);
    expect(outcome.kind).toBe('failed');
    expect(toldIn(outcome)).toContain(lacking);
  });
});

describe('watching', () => {
  let bench: ActionBench;
  beforeAll(async () => {
    bench = await ActionBench.open();
    await bench.client.files.setAttributes(await bench.directory('/records'), { mode: '0700' });
  });
  afterAll(() => bench.close());

  async function trouble(recursive: boolean, privileges: readonly string[]): Promise<string[]> {
    const client = clientOf(bench, privileges);
    try {
      const { findings } = await startupChecks(client, { watch: { ref: '/records', recursive }, privileges: [] });
      return findings.flatMap(({ ok, message, remedy = '' }) => (ok ? [] : `${message} ${remedy}`));
    } finally {
      await client.close();
    }
  }

  it.each([true, false])(
    'works with what it names (recursive: %s); with one less the start-up checks name it',
    async (recursive) => {
      const named: readonly string[] = PRIVILEGES_OF_WATCHING[recursive ? 'recursive' : 'flat'];
      expect(await trouble(recursive, named)).toEqual([]);
      for (const lacking of named) {
        const told = await trouble(
          recursive,
          named.filter((one) => one !== lacking),
        );
        expect(told.join('\n'), lacking).toContain(lacking);
      }
    },
  );
});
