import { empty, json } from '../http/answer.ts';
import { anything, array, object, optional, string } from '../http/decode.ts';
import { badId } from '../http/errors.ts';
import { on, onBody } from '../http/operation.ts';
import { kindOfAuthId } from '../identity/auth-id.ts';
import type { Identity } from '../identity/directory.ts';
import { identityFields } from './identity-body.ts';

function authId(text: string): string {
  try {
    kindOfAuthId(text);
    return text;
  } catch {
    throw badId('auth_id', text);
  }
}

/** Each identity once, in the order of its first mention. */
const distinct = (identities: readonly Identity[]): Identity[] => [
  ...new Map(identities.map((identity) => [identity.auth_id, identity])).values(),
];

/** Looking identities up, and what is kept beside them (FACTS 8). */
export const identityOperations = {
  ...onBody('POST /v1/identity/find', identityFields, {
    privilege: 'PRIVILEGE_IDENTITY_READ',

    handle: ({ cluster }, body) => json(cluster.identity.directory.find(body)),
  }),
  ...onBody(
    'POST /v1/identity/expand',
    object({
      id: identityFields,
      equivalent_ids: optional(array(identityFields)),
      group_ids: optional(array(identityFields)),
    }),
    {
      privilege: 'PRIVILEGE_IDENTITY_READ',

      handle({ cluster }, body) {
        const { directory } = cluster.identity;
        const expanded = directory.expand(body.id);
        const same = (body.equivalent_ids ?? []).map((id) => directory.expand(id));
        const groups = (body.group_ids ?? []).map((id) => directory.find(id));
        return json({
          ...expanded,
          equivalent_ids: distinct([expanded, ...same].flatMap((one) => one.equivalent_ids)),
          group_ids: distinct([...[expanded, ...same].flatMap((one) => one.group_ids), ...groups]),
        });
      },
    },
  ),
  ...on('GET /v1/auth/identities/{auth_id}/attributes', {
    privilege: 'PRIVILEGE_IDENTITY_READ',
    handle(call) {
      const id = authId(call.param('auth_id'));
      const user = call.cluster.identity.accounts.users.get(id);
      return json({ home_directory: call.cluster.identity.homeDirectories.get(id) ?? user?.homeDirectory ?? null });
    },
  }),
  ...onBody('PUT /v1/auth/identities/{auth_id}/attributes', object({ home_directory: optional(string) }), {
    privilege: 'PRIVILEGE_IDENTITY_WRITE',

    handle(call, { home_directory: home = '' }) {
      const id = authId(call.param('auth_id'));
      if (home === '') call.cluster.identity.homeDirectories.delete(id);
      else call.cluster.identity.homeDirectories.set(id, home);
      return json({ home_directory: home === '' ? null : home });
    },
  }),
  ...on('DELETE /v1/auth/identities/{auth_id}/attributes', {
    privilege: 'PRIVILEGE_IDENTITY_WRITE',
    handle(call) {
      call.cluster.identity.homeDirectories.delete(authId(call.param('auth_id')));
      return empty();
    },
  }),
  ...on('GET /v1/auth/user-defined-mappings/', {
    privilege: 'PRIVILEGE_IDENTITY_MAPPING_READ',
    handle: ({ cluster }) => json(cluster.identity.userDefinedMappings),
  }),
  ...onBody('PUT /v1/auth/user-defined-mappings/', anything, {
    privilege: 'PRIVILEGE_IDENTITY_MAPPING_WRITE',

    handle({ cluster }, mappings) {
      cluster.identity.userDefinedMappings = mappings;
      return empty();
    },
  }),
  ...on('POST /v1/auth/clear-cache', {
    privilege: 'PRIVILEGE_AUTH_CACHE_WRITE',
    handle: () => empty(),
  }),
};
