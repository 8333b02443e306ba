import type { ChangeType } from '../events/kinds.ts';
import type { Arrival } from '../filelock/events.ts';

const ARRIVALS: Partial<Record<ChangeType, Arrival>> = {
  child_file_added: 'created',
  child_file_renamed: 'renamed',
  child_file_moved_to: 'moved-in',
};

/** How a file came under a rule, as far as the change tells that the rule was for. */
export function arrivalByChange(type: ChangeType): Arrival {
  return ARRIVALS[type] ?? 'changed';
}
