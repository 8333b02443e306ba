import { createHash } from 'node:crypto';
import { checkIfMatch } from '../cluster/versioned.ts';
import type { Snapshot } from '../fs/api.ts';
import { empty, json } from '../http/answer.ts';
import { nullable, object, optional, string } from '../http/decode.ts';
import { badQuery } from '../http/errors.ts';
import { type Call, on, onBody } from '../http/operation.ts';
import { snapshotId } from './snapshot-query.ts';

/** v3: null means never (FACTS 7). */
const body = (snapshot: Snapshot) => ({
  id: snapshot.id,
  name: snapshot.directory_name,
  timestamp: snapshot.timestamp,
  source_file_id: snapshot.source_file_id,
  policy_id: snapshot.policy_id,
  expiration: snapshot.expiration,
  in_delete: snapshot.in_delete,
});

export const snapshotStatus = (snapshot: Snapshot) => ({
  ...body(snapshot),
  source_file_path: snapshot.source_file_path,
  policy_name: snapshot.policy_name,
  owners: [],
  lock_key: snapshot.lock_key,
});

/** Moves with every change of a snapshot; a number, as other ETags here are. */
export function snapshotEtag(snapshot: Snapshot): string {
  const text = JSON.stringify([snapshot.given_name, snapshot.expiration, snapshot.lock_key, snapshot.in_delete]);
  return String(createHash('sha256').update(text).digest().readUInt32BE(0));
}

function modify(call: Call<'id'>, expiration: string | null | undefined) {
  const { snapshots } = call.cluster.fs;
  const id = snapshotId(call, 'id');
  checkIfMatch(call.ifMatch, Number(snapshotEtag(snapshots.get(id))));
  const changed = snapshots.modify(id, { expiration });
  return json(body(changed), snapshotEtag(changed));
}

/** The snapshots that `filter` of v3 chooses. */
export function chosenSnapshots(call: Call): Snapshot[] {
  const filter = call.query.oneOf('filter', ['all', 'exclude_in_delete', 'only_in_delete']) ?? 'all';
  return call.cluster.fs.snapshots
    .list()
    .filter((snapshot) => filter === 'all' || snapshot.in_delete === (filter === 'only_in_delete'));
}

const STATUS_FILTERS: Readonly<Record<string, (snapshot: Snapshot) => boolean>> = {
  api_snapshots_exclude_in_delete: (snapshot) => !snapshot.in_delete,
  api_snapshots_exclude_not_in_delete: (snapshot) => snapshot.in_delete,
  api_snapshots_exclude_locked: (snapshot) => snapshot.lock_key === null,
  api_snapshots_exclude_not_locked: (snapshot) => snapshot.lock_key !== null,
};

/** Snapshots, versions 3 and 4 of the API. */
export const snapshotV3Operations = {
  ...on('GET /v3/snapshots/', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle: (call) => json({ entries: chosenSnapshots(call).map(body) }),
  }),
  ...onBody(
    'POST /v3/snapshots/',
    object({
      name_suffix: optional(string),
      /** grumpwalk says `name` (FACTS 13) */
      name: optional(string),
      expiration: nullable(string),
      source_file_id: optional(string),
    }),
    {
      privilege: 'PRIVILEGE_SNAPSHOT_WRITE',

      handle(call, { name_suffix: suffix, name, expiration, source_file_id: source = '2' }) {
        const snapshot = call.cluster.fs.snapshots.create({
          name: suffix ?? name ?? 'OnDemand',
          expiration,
          source_file_id: source,
        });
        return json(body(snapshot), snapshotEtag(snapshot));
      },
    },
  ),
  ...on('GET /v3/snapshots/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle(call) {
      const snapshot = call.cluster.fs.snapshots.get(snapshotId(call, 'id'));
      return json(body(snapshot), snapshotEtag(snapshot));
    },
  }),
  ...onBody('PUT /v3/snapshots/{id}', object({ expiration: nullable(string) }), {
    privilege: 'PRIVILEGE_SNAPSHOT_WRITE',

    handle: (call, { expiration }) => modify(call, expiration ?? null),
  }),
  ...onBody('PATCH /v3/snapshots/{id}', object({ expiration: nullable(string) }), {
    privilege: 'PRIVILEGE_SNAPSHOT_WRITE',

    handle: (call, { expiration }) => modify(call, expiration),
  }),
  /** Answers a JSON body, as a public snapshot manager needs (FACTS 13). */
  ...on('DELETE /v3/snapshots/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_WRITE',
    handle(call) {
      const { snapshots } = call.cluster.fs;
      const id = snapshotId(call, 'id');
      checkIfMatch(call.ifMatch, Number(snapshotEtag(snapshots.get(id))));
      snapshots.delete(id);
      return json({});
    },
  }),
  ...onBody('POST /v3/snapshots/{id}/lock', object({ lock_key_ref: string }), {
    privilege: 'PRIVILEGE_SNAPSHOT_LOCK',

    handle(call, { lock_key_ref: ref }) {
      const id = snapshotId(call, 'id');
      call.cluster.fs.snapshots.get(id);
      const key = call.cluster.keys.usable(ref);
      call.cluster.fs.snapshots.lock(id, key.id);
      return json({ lock_key_ref: key.id });
    },
  }),
  ...onBody('POST /v3/snapshots/{id}/unlock', object({ signature: string }), {
    privilege: 'PRIVILEGE_SNAPSHOT_LOCK',

    handle(call, { signature }) {
      const id = snapshotId(call, 'id');
      const { snapshots } = call.cluster.fs;
      const lockKey = snapshots.get(id).lock_key;
      if (lockKey !== null) call.cluster.keys.answer(call.cluster.keys.get(lockKey), `unlock ${id}`, signature);
      snapshots.unlock(id);
      return empty();
    },
  }),
  ...on('GET /v3/snapshots/{id}/unlock-challenge', {
    privilege: 'PRIVILEGE_SNAPSHOT_LOCK',
    handle(call) {
      const { id } = call.cluster.fs.snapshots.get(snapshotId(call, 'id'));
      return json({ challenge: call.cluster.keys.challenge(`unlock ${id}`) });
    },
  }),
  ...on('GET /v4/snapshots/status/', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle(call) {
      const names = (call.query.text('filter') ?? '').split(',').filter((name) => name !== '');
      for (const name of names)
        if (!Object.hasOwn(STATUS_FILTERS, name))
          throw badQuery('filter', name, Object.keys(STATUS_FILTERS).join(', '));
      const chosen = call.cluster.fs.snapshots
        .list()
        .filter((snapshot) => names.every((name) => STATUS_FILTERS[name]?.(snapshot) ?? true));
      return json({ entries: chosen.map(snapshotStatus) });
    },
  }),
  ...on('GET /v3/snapshots/status/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_READ',
    handle: (call) => json(snapshotStatus(call.cluster.fs.snapshots.get(snapshotId(call, 'id')))),
  }),
  ...on('GET /v1/snapshots/total-used-capacity', {
    privilege: 'PRIVILEGE_SNAPSHOT_CALCULATE_USED_CAPACITY_READ',
    handle: ({ cluster }) => json({ bytes: cluster.fs.snapshots.totalUsedCapacity() }),
  }),
};
