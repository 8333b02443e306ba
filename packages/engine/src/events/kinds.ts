import { notifyEventTypes, type NotifyEventType } from '@qwarden/qumulo-client';

/** A type of the cluster, or a rename whose halves were joined. */
export type ChangeType = NotifyEventType | 'child_file_renamed' | 'child_dir_renamed';

/** The cluster's 24 types (FACTS 6.1) and our two. The order is a rule's order of types. */
export const changeTypes: readonly ChangeType[] = [...notifyEventTypes, 'child_file_renamed', 'child_dir_renamed'];

/** What people call changes; a rule's `on` takes these and the types themselves. */
export const changeGroups = {
  created: ['child_file_added', 'child_dir_added'],
  written: ['child_data_written', 'child_size_changed', 'child_stream_data_written'],
  'moved-in': ['child_file_moved_to', 'child_dir_moved_to'],
  'moved-out': ['child_file_moved_from', 'child_dir_moved_from'],
  renamed: ['child_file_renamed', 'child_dir_renamed'],
  removed: ['child_file_removed', 'child_dir_removed', 'self_removed'],
  permissions: ['child_acl_changed', 'child_owner_changed', 'child_group_changed'],
  attributes: ['child_extra_attrs_changed', 'child_btime_changed', 'child_mtime_changed'],
  accessed: ['child_atime_changed'],
  streams: [
    'child_stream_added',
    'child_stream_removed',
    'child_stream_moved_from',
    'child_stream_moved_to',
    'child_stream_size_changed',
    'child_stream_data_written',
  ],
  any: changeTypes,
} as const satisfies Record<string, readonly ChangeType[]>;

export type ChangeGroup = keyof typeof changeGroups;

/** What a rule without `on` is for: a file is there, or has new content. */
export const defaultGroups: readonly ChangeGroup[] = ['created', 'written', 'moved-in', 'renamed'];

/** Groups and types as types: each once, in the order of {@link changeTypes}. */
export function expandTypes(wanted: Iterable<ChangeGroup | ChangeType>): readonly ChangeType[] {
  const all = new Set<ChangeType>();
  for (const word of wanted) {
    for (const type of isGroup(word) ? changeGroups[word] : [word]) all.add(type);
  }
  return changeTypes.filter((type) => all.has(type));
}

export const changeGroupNames: readonly ChangeGroup[] = Object.keys(changeGroups).filter(isGroup);

function isGroup(word: string): word is ChangeGroup {
  return Object.hasOwn(changeGroups, word);
}
