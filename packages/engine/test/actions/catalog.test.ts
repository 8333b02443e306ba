import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtinActions } from '../../src/actions/catalog.ts';
import { changeTypes } from '../../src/events/kinds.ts';

const folder = join(import.meta.dirname, '../../src/actions');
/** A folder with an index is an action; the others are what actions share. */
const folders = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.ts')));

/** The least that each takes. */
const LEAST: Readonly<Record<string, unknown>> = {
  'all-stop': { confirm: true },
  copy: { to: '/a' },
  email: { to: 'b@example.com', from: 'a@example.com', server: { host: 'mail.example.com', security: 'tls' } },
  lock: { retention: '7d' },
  log: {},
  move: { to: '/a' },
  permissions: { mode: '0640' },
  publish: { url: 'redis://example.com', stream: 'a' },
  quarantine: { to: '/a' },
  rename: { to: 'a' },
  run: { command: ['/bin/true'] },
  snapshot: {},
  tag: { set: { a: '1' } },
  webhook: { url: 'https://example.com/' },
};

describe('the catalogue of actions', () => {
  it('holds every folder with an index, under its name', () => {
    expect(Object.keys(builtinActions)).toEqual(folders.sort());
  });

  it.each(Object.entries(builtinActions))('%s is what it says', (name, action) => {
    expect(action.name).toBe(name);
    expect(action.summary).toMatch(/^[A-Z][^\n]*\.$/);
    const schema = action.params(z);
    const params = schema.parse(LEAST[name]);
    expect(schema.safeParse({ ...Object(LEAST[name]), unknown_key: 1 }).success).toBe(false);
    expect(action.privileges(params).every((privilege) => privilege.startsWith('PRIVILEGE_'))).toBe(true);
    for (const { types } of action.effects(params)) expect(changeTypes).toEqual(expect.arrayContaining([...types]));
    // The editor's schema is made of it.
    expect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).toMatchObject({ type: 'object' });
  });
});
