/** Trees at the limits: very deep, and very wide. What is asked of them may take no more than one pass over them. */
import { expect, test } from 'vitest';
import { admin, makeWorld, refusal } from './fixture.ts';

test('nothing runs out of stack at the bottom of 8,000 directories', () => {
  const { fs } = makeWorld();
  let bottom = '2';
  const make = (name: string, action: 'CREATE_DIRECTORY' | 'CREATE_FILE') =>
    fs.createEntry(admin, bottom, { name, action }).value.id;
  const snapshot = () => fs.snapshots.create({ name: 's', source_file_id: '2' }).id;
  for (let depth = 0; depth < 8000; depth += 1) bottom = make('d', 'CREATE_DIRECTORY');
  const older = snapshot();
  make('f', 'CREATE_FILE');
  const newer = snapshot();
  expect(fs.snapshots.treeDiff(newer, older).entries.map(({ op }) => op)).toEqual(['MODIFY', 'CREATE']);
  expect(fs.aggregates(admin, '/', { snapshot: newer })).toMatchObject({ total_files: '1', total_directories: '8000' });
  expect(refusal(() => fs.createEntry(admin, bottom, { name: 'x', action: 'RENAME', old_path: '/d' }))).toBe(
    'fs_directory_cycle_error',
  );
  expect(fs.sample(admin, '/', { by: 'file', limit: 3 })).toHaveLength(3);
  expect(fs.recursiveAggregates(admin, '/', { maxDepth: 500 })).toHaveLength(500);
  fs.treeDelete.create(admin, '/d');
  while (fs.treeDelete.step(10_000));
  expect(fs.aggregates(admin, '/')).toMatchObject({ total_directories: '0' });
});

test('a sample costs one pass over a directory, however many files are asked for', () => {
  const { fs } = makeWorld();
  for (let i = 0; i < 20_000; i += 1) fs.createEntry(admin, '2', { name: `f${i}`, action: 'CREATE_FILE' });
  const asked = 20_000; // one pass each would be 200 million steps
  const picks = fs.sample(admin, '/', { by: 'file', limit: asked });
  expect(new Set(picks.map(({ id }) => id)).size).toBe(asked);
});
