import { copyAction } from './copy/index.ts';
import { logAction } from './log/index.ts';
import { moveAction } from './move/index.ts';
import { permissionsAction } from './permissions/index.ts';
import type { Action } from './port.ts';
import { quarantineAction } from './quarantine/index.ts';
import { renameAction } from './rename/index.ts';
import { snapshotAction } from './snapshot/index.ts';
import { tagAction } from './tag/index.ts';

/** Every action that comes with qwarden, by the word that rules have for it. */
export const builtinActions: Readonly<Record<string, Action>> = {
  copy: copyAction,
  log: logAction,
  move: moveAction,
  permissions: permissionsAction,
  quarantine: quarantineAction,
  rename: renameAction,
  snapshot: snapshotAction,
  tag: tagAction,
};
