import { createAllStop } from './all-stop/index.ts';
import { noStopRecords, type StopRecords } from './all-stop/records.ts';
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

/** Where actions keep what must outlive them. */
export interface ActionStores {
  readonly stops: StopRecords;
}

/** All actions that come with qwarden, by the keyword in the rule file. */
export function createActions({ stops }: ActionStores): Readonly<Record<string, Action>> {
  return byName([
    createAllStop(stops),
    copyAction,
    emailAction,
    lockAction,
    logAction,
    moveAction,
    permissionsAction,
    publishAction,
    quarantineAction,
    renameAction,
    runAction,
    snapshotAction,
    tagAction,
    webhookAction,
  ]);
}

/** The same for whoever only loads and describes rules: what must be kept has no place here. */
export const builtinActions = createActions({ stops: noStopRecords });

/** The parameters of an action are what its own schema has made: whoever calls it need not know their type. */
function byName(actions: readonly unknown[]): Readonly<Record<string, Action>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return Object.fromEntries((actions as readonly Action[]).map((action) => [action.name, action]));
}
