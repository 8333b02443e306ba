import { expect, test } from 'vitest';
import { pathFilterOf, sinceOf, typesOf } from '../../src/look/filters.ts';
import { cliErrorOf } from '../support.ts';

const NOW = Date.parse('2031-06-15T12:00:00Z');

test('--since is a time, or how long ago', async () => {
  expect(sinceOf('24h', NOW)).toBe(Date.parse('2031-06-14T12:00:00Z'));
  expect(sinceOf('2031-06-01', NOW)).toBe(Date.parse('2031-06-01'));
  for (const wrong of ['', '24', 'yesterday', '2031-13-45'])
    expect((await cliErrorOf(() => sinceOf(wrong, NOW))).message).toContain('neither a time nor a duration');
});

test('--path is a directory with what is below it, or a glob', async () => {
  const below = pathFilterOf('/in');
  expect(['/in', '/in/a', '/inn', '/'].filter(below)).toEqual(['/in', '/in/a']);
  const glob = pathFilterOf('/in/*.pdf');
  expect(['/in/a.pdf', '/in/a.doc', '/out/a.pdf'].filter(glob)).toEqual(['/in/a.pdf']);
  // Names of files have such characters too.
  const both = pathFilterOf('/in/a[1]{x,y}');
  expect(['/in/a1x', '/in/a[1]{x,y}', '/in/a[1]{x,y}/b', '/in/a1z', '/in/a[1]x'].filter(both)).toEqual([
    '/in/a1x',
    '/in/a[1]{x,y}',
    '/in/a[1]{x,y}/b',
  ]);
  expect(['/a', '/b'].filter(pathFilterOf('/'))).toEqual(['/a', '/b']);
  expect(['/a', '/b'].filter(pathFilterOf(undefined))).toEqual(['/a', '/b']);
  expect((await cliErrorOf(() => pathFilterOf('in'))).message).toContain('not an absolute path');
  expect((await cliErrorOf(() => pathFilterOf(`/${'*'.repeat(2000)}`))).kind).toBe('usage');
});

test('--type is a group or a type, and what is neither has a nearest', async () => {
  expect(typesOf([])).toBeUndefined();
  expect(typesOf(['renamed', 'self_removed'])).toEqual(
    new Set(['child_file_renamed', 'child_dir_renamed', 'self_removed']),
  );
  expect((await cliErrorOf(() => typesOf(['child_file_aded']))).remedy).toBe('Did you mean "child_file_added"?');
});
