import type { Change } from './change.ts';
import type { ChangeType } from './kinds.ts';

/**
 * How a file came under a rule: heard of (`created`, `moved-in`, `renamed`, `linked`, `changed`), or found: after a gap (`catch-up`), in a
 * directory that came (`in-new-directory`), or there before (`existing`, `retry`).
 */
export type Arrival =
  | 'created'
  | 'moved-in'
  | 'renamed'
  | 'linked'
  | 'in-new-directory'
  | 'catch-up'
  | 'existing'
  | 'retry'
  | 'changed';

const HEARD: Partial<Record<ChangeType, Arrival>> = {
  child_file_added: 'created',
  child_file_renamed: 'renamed',
  child_file_moved_to: 'moved-in',
};
const FOUND = { 'catch-up': 'catch-up', walk: 'in-new-directory', injected: 'existing' } as const;

/** How it came, as far as the change tells that a rule was for. */
export function arrivalOf({ type, found }: Pick<Change, 'type' | 'found'>): Arrival {
  // A directory that was renamed has renamed what is in it, whoever told of that.
  if (found === undefined || type === 'child_file_renamed') return HEARD[type] ?? 'changed';
  return FOUND[found];
}
