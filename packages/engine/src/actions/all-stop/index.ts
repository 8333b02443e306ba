import { StateError } from '../../ledger/state-error.ts';
import { clusterOutcome } from '../cluster-outcome.ts';
import { call } from '../files/call.ts';
import { describe } from '../files/attempt.ts';
import { Stop } from '../files/stop.ts';
import type { Action, ActionOutcome } from '../port.ts';
import { takeInventory } from './inventory.ts';
import { isStopped } from './parts.ts';
import { neededPrivileges } from './privileges.ts';
import type { StopRecords } from './records.ts';
import { type AllStopParams, allStopParams } from './schema.ts';
import { type LastLooks, runAllStop } from './stop.ts';
import { troubleText } from './trouble.ts';
import { intention, scopeName } from './words.ts';

/**
 * Takes writing away from all clients at once, and keeps how it was. A stop that stands is not made twice; `resumeStops` takes it back.
 * @param records where it is kept: without them nothing is stopped
 */
export function createAllStop(records: StopRecords): Action<AllStopParams> {
  const lastLooks: LastLooks = new Map();
  return {
    name: 'all-stop',
    summary:
      'Stops all writes by NFS, SMB, S3 and FTP, of the whole cluster or of one share, export or tenant, until `qwarden all-stop resume`.',
    params: allStopParams,
    // Settings of protocols are no change of any file.
    effects: () => [],
    privileges: neededPrivileges,
    dryRun: (input, context) =>
      describe(input, context, async () => {
        const { scope, mode } = input.params;
        const { found, troubles } = await takeInventory(context.cluster, scope, mode, call(context));
        const open = found.filter(({ kind, config }) => !isStopped(kind, config));
        const unseen =
          troubles.length === 0 ? '' : `; what could not be looked at: ${troubles.map(troubleText).join('; ')}`;
        if (open.length === 0) return `would change nothing: ${scopeName(scope)} is stopped already${unseen}`;
        return `would stop ${scopeName(scope)}: ${intention(open)}${unseen}`;
      }),
    run: async (input, context) => {
      if (context.signal.aborted) return { kind: 'aborted' };
      try {
        return await records.exclusively(() => runAllStop(input, context, records, lastLooks));
      } catch (error) {
        if (error instanceof Stop) return error.outcome;
        if (error instanceof StateError) return notKept(error);
        return clusterOutcome(error);
      }
    },
  };
}

/** Not a reason to end the whole monitor: its other rules go on. */
function notKept(error: StateError): ActionOutcome {
  if (error.kind === 'in-use') return { kind: 'transient', reason: error.message, target: 'file', overload: false };
  return {
    kind: 'failed',
    reason: `How the cluster was could not be kept, so that no more was stopped: ${error.message}`,
    remedy:
      'Stop the cluster by hand if need be; make room or correct the permissions, then retry the job (qwarden dead retry).',
  };
}
