import type { ChangeType } from '../../events/kinds.ts';
import type { ExpectedEffect } from '../port.ts';

/** What the cluster reports of a rename or a move (FACTS 6.4): two halves, each where it is seen. */
export function moved(fileId: string, isDirectory: boolean, from: string, to: string): readonly ExpectedEffect[] {
  const kind = isDirectory ? 'dir' : 'file';
  return [
    { fileId, types: [`child_${kind}_moved_from`], at: from },
    { fileId, types: [`child_${kind}_moved_to`], at: to },
  ];
}

/** What is declared before the kind is known: what is seen where it was, and where it is then. */
export const LEAVES: readonly ChangeType[] = ['child_file_moved_from', 'child_dir_moved_from'];
export const ARRIVES: readonly ChangeType[] = [
  'child_file_moved_to',
  'child_dir_moved_to',
  'child_file_renamed',
  'child_dir_renamed',
];

/** A new file that gets data. Its id is not known before it is made, so that `child_file_added` may be seen as somebody else's. */
export const WRITTEN: readonly ChangeType[] = [
  'child_file_added',
  'child_data_written',
  'child_size_changed',
  'child_mtime_changed',
];

/** A change of mode or owner rewrites the ACL (FACTS 4). */
export const PERMISSIONS: readonly ChangeType[] = ['child_acl_changed', 'child_owner_changed', 'child_group_changed'];
