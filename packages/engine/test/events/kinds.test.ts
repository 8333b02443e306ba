import { expect, it } from 'vitest';
import { changeGroups, changeTypes, defaultGroups, expandTypes } from '../../src/index.ts';

it('there are the 24 types of the cluster and two of ours, and every one is in a group besides "any"', () => {
  expect(changeTypes).toHaveLength(26);
  const { any, ...groups } = changeGroups;
  expect(new Set(any)).toEqual(new Set(changeTypes));
  expect(new Set(Object.values(groups).flat())).toEqual(new Set(changeTypes));
});

it('groups and types expand to types, each once', () => {
  expect(expandTypes(['renamed', 'child_file_added', 'created'])).toEqual([
    'child_file_added',
    'child_dir_added',
    'child_file_renamed',
    'child_dir_renamed',
  ]);
  expect(expandTypes(defaultGroups)).not.toContain('child_file_removed');
});
