import { emailAction } from './email/index.ts';
import { lockAction } from './lock/index.ts';
import { logAction } from './log/index.ts';
import { moveAction } from './move/index.ts';
import type { Action } from './port.ts';
import { publishAction } from './publish/index.ts';
import { renameAction } from './rename/index.ts';
import { runAction } from './run/index.ts';
import { snapshotAction } from './snapshot/index.ts';
import { tagAction } from './tag/index.ts';
import { webhookAction } from './webhook/index.ts';

/** All actions that come with qwarden, by the keyword in the rule file. */
export const builtinActions: Readonly<Record<string, Action>> = byName([
  lockAction,
  renameAction,
  moveAction,
  tagAction,
  snapshotAction,
  webhookAction,
  emailAction,
  runAction,
  publishAction,
  logAction,
]);

/** The parameters of an action are what its own schema has made: whoever calls it need not know their type. */
function byName(actions: readonly unknown[]): Readonly<Record<string, Action>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return Object.fromEntries((actions as readonly Action[]).map((action) => [action.name, action]));
}
