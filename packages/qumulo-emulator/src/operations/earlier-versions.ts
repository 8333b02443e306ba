/**
 * Endpoints of earlier releases. The current documentation and SDK know newer ones; SDKs up to 5.1 and Qumulo's PowerShell
 * toolkit of 2025 still call these (FACTS 13). That a current cluster answers them is [I].
 */
import { json } from '../http/answer.ts';
import { onUndocumented, type Row } from '../http/operation.ts';
import { clusterOperations } from './cluster.ts';
import { identityOperations } from './identities.ts';
import { chosenSnapshots, snapshotStatus } from './snapshots-v3.ts';
import { snapshotV2 } from './snapshots-v2.ts';
import { snapshotId } from './snapshot-query.ts';
import type { Snapshot } from '../fs/api.ts';

const statusV2 = (snapshot: Snapshot) => ({ ...snapshotV2(snapshot), source_file_path: snapshot.source_file_path });

/** The same row under the name that it had. */
const formerly = (name: Row['name'], row: Row): Record<string, Row> => ({ [name]: { ...row, name } });

export const earlierVersions: Readonly<Record<string, Row>> = {
  ...formerly('POST /v1/auth/identity/find', identityOperations['POST /v1/identity/find']),
  ...formerly('POST /v1/auth/identity/expand', identityOperations['POST /v1/identity/expand']),
  ...formerly('GET /v1/time/status', clusterOperations['GET /v2/time/status']),
  ...formerly('GET /v1/time/timezones', clusterOperations['GET /v2/time/timezones']),
  ...onUndocumented('GET /v3/snapshots/status/', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle: (call) => json({ entries: chosenSnapshots(call).map(snapshotStatus) }),
  }),
  ...onUndocumented('GET /v2/snapshots/status/', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle: (call) => json({ entries: chosenSnapshots(call).map(statusV2) }),
  }),
  ...onUndocumented('GET /v2/snapshots/status/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle: (call) => json(statusV2(call.cluster.fs.snapshots.get(snapshotId(call, 'id')))),
  }),
};
