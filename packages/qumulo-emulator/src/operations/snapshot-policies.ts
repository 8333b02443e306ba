import type { SnapshotPolicy } from '../cluster/snapshot-policies.ts';
import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json } from '../http/answer.ts';
import { boolean, nullable, object, optional, record, string } from '../http/decode.ts';
import { on, onBody } from '../http/operation.ts';

const body = (policy: SnapshotPolicy) => ({
  id: policy.id,
  policy_name: policy.policyName,
  source_file_id: policy.sourceFileId,
  enabled: policy.enabled,
  snapshot_name_template: policy.nameTemplate,
  lock_key_ref: policy.lockKeyRef,
  schedule: { ...policy.schedule, id: policy.id },
});

const status = (policy: SnapshotPolicy, path: string | null) => ({
  ...body(policy),
  source_file_path: path,
  next_snapshot_time: null,
});

const fields = {
  enabled: optional(boolean),
  snapshot_name_template: nullable(string),
  lock_key_ref: nullable(string),
};

/** Snapshot policies: kept and given back; their schedules do not run (FACTS 7). */
export const snapshotPolicyOperations = {
  ...on('GET /v3/snapshots/policies/', {
    privilege: 'PRIVILEGE_SNAPSHOT_POLICY_READ',
    handle: ({ cluster }) => json({ entries: cluster.policies.all().map(body) }),
  }),
  ...onBody(
    'POST /v3/snapshots/policies/',
    object({ ...fields, policy_name: string, source_file_id: optional(string), schedule: record }),
    {
      privilege: 'PRIVILEGE_SNAPSHOT_POLICY_WRITE',

      handle({ cluster, caller }, sent) {
        const source = sent.source_file_id ?? '2';
        cluster.fs.getAttributes(caller, source);
        const policy = cluster.policies.add({
          policyName: sent.policy_name,
          sourceFileId: source,
          schedule: sent.schedule,
          enabled: sent.enabled ?? true,
          nameTemplate: sent.snapshot_name_template ?? null,
          lockKeyRef: keyIdOf(sent.lock_key_ref, (ref) => cluster.keys.usable(ref).id) ?? null,
        });
        return json(body(policy), etagOf(policy.version));
      },
    },
  ),
  ...on('GET /v3/snapshots/policies/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_POLICY_READ',
    handle(call) {
      const policy = call.cluster.policies.get(call.param('id'));
      return json(body(policy), etagOf(policy.version));
    },
  }),
  ...onBody(
    'PATCH /v3/snapshots/policies/{id}',
    object({ ...fields, policy_name: optional(string), schedule: optional(record) }),
    {
      privilege: 'PRIVILEGE_SNAPSHOT_POLICY_WRITE',

      handle(call, sent) {
        const { policies, keys } = call.cluster;
        const policy = policies.get(call.param('id'));
        checkIfMatch(call.ifMatch, policy.version);
        const lockKeyRef = keyIdOf(sent.lock_key_ref, (ref) => keys.usable(ref).id);
        policies.change(policy, {
          ...(sent.policy_name === undefined ? {} : { policyName: sent.policy_name }),
          // qq sends `{}`, or the time to live alone (FACTS 11): what is not sent stays.
          ...(sent.schedule === undefined ? {} : { schedule: { ...policy.schedule, ...sent.schedule } }),
          ...(sent.enabled === undefined ? {} : { enabled: sent.enabled }),
          ...(sent.snapshot_name_template === undefined ? {} : { nameTemplate: sent.snapshot_name_template }),
          ...(lockKeyRef === undefined ? {} : { lockKeyRef }),
        });
        return json(body(policy), etagOf(policy.version));
      },
    },
  ),
  ...on('DELETE /v3/snapshots/policies/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_POLICY_WRITE',
    handle(call) {
      call.cluster.policies.remove(call.param('id'));
      return empty();
    },
  }),
  ...on('GET /v3/snapshots/policies/status/', {
    privilege: 'PRIVILEGE_SNAPSHOT_POLICY_READ',
    handle({ cluster, caller }) {
      const all = cluster.policies.all();
      const paths = new Map(
        cluster.fs
          .resolve(
            caller,
            all.map((policy) => policy.sourceFileId),
          )
          .map((r) => [r.id, r.path]),
      );
      return json({ entries: all.map((policy) => status(policy, paths.get(policy.sourceFileId) ?? null)) });
    },
  }),
  ...on('GET /v3/snapshots/policies/status/{id}', {
    privilege: 'PRIVILEGE_SNAPSHOT_POLICY_READ',
    handle(call) {
      const policy = call.cluster.policies.get(call.param('id'));
      const [resolved] = call.cluster.fs.resolve(call.caller, [policy.sourceFileId]);
      return json(status(policy, resolved?.path ?? null));
    },
  }),
};

/** null and `''` clear the key; undefined leaves it. */
function keyIdOf(ref: string | null | undefined, idOf: (ref: string) => string): string | null | undefined {
  if (ref === undefined) return undefined;
  return ref === null || ref === '' ? null : idOf(ref);
}
