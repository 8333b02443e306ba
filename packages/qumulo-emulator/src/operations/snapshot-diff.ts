import type { Page } from '../fs/api.ts';
import { json } from '../http/answer.ts';
import { type Call, on } from '../http/operation.ts';
import { refOf } from './file-query.ts';
import { pagingOf } from './paging.ts';
import { snapshotId } from './snapshot-query.ts';

type Pair = Call<'newer_id' | 'older_id'>;

const pair = (call: Pair): [number, number] => [snapshotId(call, 'newer_id'), snapshotId(call, 'older_id')];
const pageOptions = (call: Call) => ({ after: call.query.text('after'), limit: call.query.count('limit') });

/** Ends with null: v2 takes both markers, v3 only this one (FACTS 3). */
function answer<T>(call: Call, { entries, next }: Page<T>) {
  return json({ entries, paging: pagingOf(call, next, call.query.count('limit'), null) });
}

/** What changed between two snapshots (FACTS 7). */
export const snapshotDiffOperations = {
  ...on('GET /v2/snapshots/{newer_id}/changes-since/{older_id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_DIFFERENCE_READ',
    handle: (call) => answer(call, call.cluster.fs.snapshots.treeDiff(...pair(call), pageOptions(call))),
  }),
  ...on('GET /v2/snapshots/{newer_id}/changes-since/{older_id}/files/{ref}', {
    privilege: 'PRIVILEGE_SNAPSHOT_DIFFERENCE_READ',
    handle: (call) => answer(call, call.cluster.fs.snapshots.fileDiff(...pair(call), refOf(call), pageOptions(call))),
  }),
  ...on('GET /v3/snapshots/{newer_id}/changes-since/{older_id}/files/{ref}', {
    privilege: 'PRIVILEGE_SNAPSHOT_DIFFERENCE_READ',
    handle: (call) =>
      answer(call, call.cluster.fs.snapshots.fileOperations(...pair(call), refOf(call), pageOptions(call))),
  }),
};
