import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentedCommands, generatedDocs } from '../src/docs.ts';
import { manPages } from '../src/man/pages.ts';
import { referencePages } from '../src/reference/pages.ts';
import { commandTree } from '../src/tree/command-tree.ts';
import { allCommands, describeCommand } from '../src/tree/describe.ts';

const repository = (path: string): URL => new URL(`../../../${path}`, import.meta.url);
const pages = await manPages();
const reference = await referencePages((path) => readFileSync(repository(path), 'utf8'));

test.each(Object.entries({ ...generatedDocs(), ...reference, ...pages }))(
  '%s is what the option table gives (else: node scripts/generate-docs.mjs)',
  (path, text) => {
    expect(readFileSync(repository(path), 'utf8')).toBe(text);
  },
);

test('there is no man page of a command that is gone', () => {
  expect(
    readdirSync(repository('docs/man'))
      .map((name) => `docs/man/${name}`)
      .sort(),
  ).toEqual(Object.keys(pages).sort());
});

test('the reference has every command that has options', async () => {
  const all = allCommands(describeCommand(await commandTree()));
  const names = all
    .filter(({ path, flags }) => path !== '' && path !== 'version' && flags.length > 1)
    .map(({ path }) => path);
  expect(names.length).toBeGreaterThan(20);
  const documented = documentedCommands.map(({ name }) => name);
  expect(names.filter((path) => !documented.some((name) => name === path || name.startsWith(`${path} `)))).toEqual([]);
});
