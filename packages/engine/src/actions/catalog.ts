import type { Action } from './port.ts';
import { lockAction } from './lock/index.ts';
import { moveAction } from './move/index.ts';
import { renameAction } from './rename/index.ts';

/** All actions that come with qwarden, by the keyword in the rule file. */
export const builtinActions: Readonly<Record<string, Action>> = {
  lock: lockAction as Action,
  move: moveAction as Action,
  rename: renameAction as Action,
};
