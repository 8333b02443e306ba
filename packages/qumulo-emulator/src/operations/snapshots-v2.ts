import { checkIfMatch } from '../cluster/versioned.ts';
import type { Snapshot } from '../fs/api.ts';
import { empty, json } from '../http/answer.ts';
import { nullable, object, optional, string } from '../http/decode.ts';
import { on, onBody } from '../http/operation.ts';
import { snapshotEtag } from './snapshots-v3.ts';
import { snapshotId, timeToLive } from './snapshot-query.ts';

/** v2: the empty string means never (FACTS 7). */
export const snapshotV2 = (snapshot: Snapshot) => ({
  id: snapshot.id,
  name: snapshot.policy_name ?? snapshot.given_name,
  timestamp: snapshot.timestamp,
  directory_name: snapshot.directory_name,
  source_file_id: snapshot.source_file_id,
  created_by_policy: snapshot.policy_id !== null,
  expiration: snapshot.expiration ?? '',
  in_delete: snapshot.in_delete,
});

const change = object({ name: optional(string), expiration: nullable(string) });

/** Snapshots, version 2 of the API. */
export const snapshotV2Operations = {
  ...on('GET /v2/snapshots/', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle(call) {
      const withDeleted = call.query.flag('include-in-delete');
      const chosen = call.cluster.fs.snapshots.list().filter((snapshot) => withDeleted || !snapshot.in_delete);
      return json({ entries: chosen.map(snapshotV2) });
    },
  }),
  ...onBody(
    'POST /v2/snapshots/',
    object({ name: optional(string), expiration: nullable(string), source_file_id: optional(string) }),
    {
      privilege: 'PRIVILEGE_SNAPSHOT_WRITE',

      handle(call, { name = '', expiration, source_file_id: source = '2' }) {
        const ttl = timeToLive(call, expiration);
        const snapshot = call.cluster.fs.snapshots.create({
          name,
          expiration,
          expirationTimeToLive: ttl,
          source_file_id: source,
        });
        return json(snapshotV2(snapshot), snapshotEtag(snapshot));
      },
    },
  ),
  ...on('GET /v2/snapshots/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle(call) {
      const snapshot = call.cluster.fs.snapshots.get(snapshotId(call, 'id'));
      return json(snapshotV2(snapshot), snapshotEtag(snapshot));
    },
  }),
  ...onBody('PUT /v2/snapshots/{id}', change, {
    privilege: 'PRIVILEGE_SNAPSHOT_WRITE',

    handle(call, { name, expiration }) {
      const { snapshots } = call.cluster.fs;
      const id = snapshotId(call, 'id');
      checkIfMatch(call.ifMatch, Number(snapshotEtag(snapshots.get(id))));
      const changed = snapshots.modify(id, { name, expiration: expiration ?? null });
      return json(snapshotV2(changed), snapshotEtag(changed));
    },
  }),
  ...onBody('PATCH /v2/snapshots/{id}', change, {
    privilege: 'PRIVILEGE_SNAPSHOT_WRITE',

    handle(call, { name, expiration }) {
      const { snapshots } = call.cluster.fs;
      const id = snapshotId(call, 'id');
      checkIfMatch(call.ifMatch, Number(snapshotEtag(snapshots.get(id))));
      const ttl = timeToLive(call, expiration);
      const changed = snapshots.modify(id, { name, expiration, expirationTimeToLive: ttl });
      return json(snapshotV2(changed), snapshotEtag(changed));
    },
  }),
  ...on('DELETE /v2/snapshots/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_WRITE',
    handle(call) {
      call.cluster.fs.snapshots.delete(snapshotId(call, 'id'));
      return empty();
    },
  }),
};
