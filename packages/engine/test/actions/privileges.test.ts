import type { Privilege } from '@qwarden/qumulo-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { builtinActions } from '../../src/actions/catalog.ts';
import { ActionBench } from '../support/action-context.ts';

let bench: ActionBench;
let n = 0;
beforeAll(async () => {
  bench = await ActionBench.open();
});
afterAll(() => bench.close());

const isPrivilege = (text: string): text is Privilege => text.startsWith('PRIVILEGE_');

/** The client of a user who has these privileges and no others. */
function clientOf(privileges: readonly string[]) {
  const { accounts, roles, tokens } = bench.emulator.cluster.identity;
  const name = `user${(n += 1)}`;
  const user = accounts.addUser({ name });
  roles.addMember(roles.add(name, '', privileges.filter(isPrivilege)), user.id);
  const secret = { userId: user.id, creatorId: user.id, now: bench.emulator.clock.nowMs(), expiresAt: null };
  return bench.clientWith(tokens.create(secret).secret);
}

const CASES: readonly (readonly [name: string, params: (here: string) => unknown])[] = [
  ['copy', (here) => ({ to: `${here}/out` })],
  ['move', (here) => ({ to: `${here}/out` })],
  ['rename', () => ({ to: 'b' })],
  ['permissions', () => ({ owner: 'guest', acl: { add: [{ trustee: 'everyone', rights: ['read'] }] } })],
  ['quarantine', (here) => ({ to: `${here}/quarantine` })],
  ['snapshot', () => ({})],
  ['tag', () => ({ set: { a: '1' } })],
];

it.each(CASES)('%s works with the privileges that it names, and asks for them without', async (name, params) => {
  const action = builtinActions[name];
  if (action === undefined) throw new Error(`${name} is no action`);
  const here = `/v${(n += 1)}`;
  const id = await bench.file(`${here}/a`);
  await bench.client.files.setAttributes(id, { mode: '0600' });
  const input = bench.input(action, params(here), id, `${here}/a`);
  const before = await bench.tree(here);
  const without = clientOf([]);
  expect(await action.run(input, bench.context({ cluster: without }))).toMatchObject({
    kind: 'failed',
    remedy: expect.stringMatching(/PRIVILEGE_|give the user of qwarden the right to write/i),
  });
  expect(await bench.tree(here)).toEqual(before);
  const allowed = clientOf(action.privileges(action.params(z).parse(params(here))));
  const context = bench.context({ cluster: allowed });
  expect(await action.run(input, context)).toMatchObject({ kind: 'done' });
  await Promise.all([without.close(), allowed.close()]);
});
