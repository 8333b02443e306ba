import { rfc3339 } from '../clock.ts';
import type { SecurityKey } from '../cluster/security-keys.ts';
import { empty, json } from '../http/answer.ts';
import { boolean, object, optional, string } from '../http/decode.ts';
import { on, onBody } from '../http/operation.ts';
import { page } from './paging.ts';

const body = (key: SecurityKey) => ({
  id: key.id,
  name: key.name,
  public_key: key.publicKey,
  comment: key.comment,
  disabled: key.disabled,
  creation_time: rfc3339(key.createdAtMs),
});

/** The key store, whose keys lock snapshots (FACTS 7; CLI key_store.py: the key's name is what is signed at creation). */
export const securityKeyOperations = {
  ...on('GET /v1/file-system/security/keys/', {
    privilege: 'PRIVILEGE_FS_KEY_MANAGEMENT_READ',
    handle: ({ cluster }) => json({ entries: cluster.keys.all().map(body) }),
  }),
  ...onBody(
    'POST /v1/file-system/security/keys/',
    object({ name: string, public_key: string, verification_signature: string, comment: optional(string) }),
    {
      privilege: 'PRIVILEGE_FS_KEY_MANAGEMENT_WRITE',

      handle: ({ cluster, nowMs }, sent) =>
        json(
          body(
            cluster.keys.add(
              {
                name: sent.name,
                publicKey: sent.public_key,
                signature: sent.verification_signature,
                comment: sent.comment ?? '',
              },
              nowMs,
            ),
          ),
        ),
    },
  ),
  ...on('GET /v1/file-system/security/keys/{key_ref}', {
    privilege: 'PRIVILEGE_FS_KEY_MANAGEMENT_READ',
    handle: (call) => json(body(call.cluster.keys.get(call.param('key_ref')))),
  }),
  ...onBody(
    'PATCH /v1/file-system/security/keys/{key_ref}',
    object({ name: optional(string), comment: optional(string), disabled: optional(boolean) }),
    {
      privilege: 'PRIVILEGE_FS_KEY_MANAGEMENT_WRITE',

      handle(call, change) {
        const { keys } = call.cluster;
        return json(body(keys.change(keys.get(call.param('key_ref')), change)));
      },
    },
  ),
  ...on('DELETE /v1/file-system/security/keys/{key_ref}', {
    privilege: 'PRIVILEGE_FS_KEY_MANAGEMENT_WRITE',
    handle(call) {
      const { keys } = call.cluster;
      keys.remove(keys.get(call.param('key_ref')));
      return empty();
    },
  }),
  ...on('GET /v1/file-system/security/keys/{key_ref}/usages', {
    privilege: 'PRIVILEGE_FS_KEY_MANAGEMENT_READ',
    handle(call) {
      const { keys, fs, policies } = call.cluster;
      const { id } = keys.get(call.param('key_ref'));
      const snapshots = fs.snapshots.list().filter((snapshot) => snapshot.lock_key === id);
      const users = policies.all().filter((policy) => policy.lockKeyRef === id);
      const usages = [
        ...snapshots.map((snapshot) => ({ type: 'SNAPSHOT', id: String(snapshot.id), name: snapshot.directory_name })),
        ...users.map((policy) => ({ type: 'SNAPSHOT_POLICY', id: String(policy.id), name: policy.policyName })),
      ];
      const { entries, paging } = page(call, usages);
      return json({ usages: entries, paging }); // FACTS 11
    },
  }),
  ...on('GET /v1/file-system/security/keys/{key_ref}/key-replacement-challenge', {
    privilege: 'PRIVILEGE_FS_KEY_MANAGEMENT_WRITE',
    handle(call) {
      const { keys } = call.cluster;
      return json({ challenge: keys.challenge(`replace ${keys.get(call.param('key_ref')).id}`) });
    },
  }),
  ...onBody(
    'POST /v1/file-system/security/keys/{key_ref}/replace',
    object({
      replacement_key: string,
      old_key_verification_signature: string,
      replacement_key_verification_signature: string,
    }),
    {
      privilege: 'PRIVILEGE_FS_KEY_MANAGEMENT_WRITE',

      handle(call, sent) {
        const { keys } = call.cluster;
        const key = keys.get(call.param('key_ref'));
        keys.replace(key, {
          publicKey: sent.replacement_key,
          oldSignature: sent.old_key_verification_signature,
          newSignature: sent.replacement_key_verification_signature,
        });
        return json(body(key));
      },
    },
  ),
};
