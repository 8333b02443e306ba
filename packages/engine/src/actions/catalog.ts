import { copyAction } from './copy/index.ts';
import { emailAction } from './email/index.ts';
import { lockAction } from './lock/index.ts';
import { logAction } from './log/index.ts';
import { moveAction } from './move/index.ts';
import { permissionsAction } from './permissions/index.ts';
import type { Action } from './port.ts';
import { publishAction } from './publish/index.ts';
import { quarantineAction } from './quarantine/index.ts';
import { renameAction } from './rename/index.ts';
import { runAction } from './run/index.ts';
import { snapshotAction } from './snapshot/index.ts';
import { tagAction } from './tag/index.ts';
import { webhookAction } from './webhook/index.ts';

/** Every action that comes with qwarden, by the word that rules have for it. */
export const builtinActions: Readonly<Record<string, Action>> = {
  copy: copyAction,
  email: emailAction,
  lock: lockAction,
  log: logAction,
  move: moveAction,
  permissions: permissionsAction,
  publish: publishAction,
  quarantine: quarantineAction,
  rename: renameAction,
  run: runAction,
  snapshot: snapshotAction,
  tag: tagAction,
  webhook: webhookAction,
};
