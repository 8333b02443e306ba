import { rfc3339 } from '../clock.ts';
import { empty, json } from '../http/answer.ts';
import { boolean, type Decoder, nullable, object, optional, string } from '../http/decode.ts';
import { decodeError } from '../http/errors.ts';
import { on, onBody } from '../http/operation.ts';
import type { AccessToken } from '../identity/access-tokens.ts';
import { tokensAreForUsers } from '../identity/errors.ts';
import type { Identity } from '../identity/identity.ts';
import { identityFields } from './identity-body.ts';
import { page } from './paging.ts';
import { parseInstant } from './times.ts';

/** RFC 3339 with any offset: the SDK sends `+00:00` (FACTS 1). Gives milliseconds. */
const instant: Decoder<number> = (value, field) => {
  const milliseconds = parseInstant(string(value, field));
  if (milliseconds === undefined) throw decodeError(`field '${field}': expected an RFC 3339 time`);
  return milliseconds;
};

/** Empty text means never, as null does. */
const expiry: Decoder<number | null> = (value, field) => (value === '' ? null : instant(value, field));

function tokenBody({ directory }: Identity, token: AccessToken) {
  return {
    id: token.id,
    user: directory.trustee(token.userId),
    creator: directory.trustee(token.creatorId),
    creation_time: rfc3339(token.createdAt),
    expiration_time: token.expiresAt === null ? null : rfc3339(token.expiresAt),
    enabled: token.enabled,
  };
}

/** Long-lived tokens for services (FACTS 1). */
export const accessTokenOperations = {
  ...on('GET /v1/auth/access-tokens/', {
    privilege: 'PRIVILEGE_ACCESS_TOKENS_READ',
    handle(call) {
      const { identity } = call.cluster;
      const wanted = call.query.text('user');
      const userId = wanted === undefined ? undefined : (identity.directory.fromDisplayForm(wanted) ?? '');
      const found = identity.tokens.list().filter((token) => userId === undefined || token.userId === userId);
      const { entries, paging } = page(call, found, ['user']);
      return json({ entries: entries.map((token) => tokenBody(identity, token)), paging });
    },
  }),
  ...onBody('POST /v1/auth/access-tokens/', object({ user: identityFields, expiration_time: optional(expiry) }), {
    privilege: 'PRIVILEGE_ACCESS_TOKENS_WRITE',

    handle({ cluster: { identity }, principal, nowMs }, body) {
      const found = identity.directory.findExisting(body.user);
      const user = identity.accounts.users.get(found.auth_id ?? '');
      if (user === undefined) throw tokensAreForUsers(found.name ?? `auth_id ${found.auth_id}`);
      const { token, secret } = identity.tokens.create({
        userId: user.id,
        creatorId: principal.user.id,
        now: nowMs,
        expiresAt: body.expiration_time ?? null,
      });
      return json({ id: token.id, bearer_token: secret });
    },
  }),
  ...on('GET /v1/auth/access-tokens/{id}', {
    privilege: 'PRIVILEGE_ACCESS_TOKENS_READ',
    handle(call) {
      const { identity } = call.cluster;
      return json(tokenBody(identity, identity.tokens.get(call.param('id'))));
    },
  }),
  ...onBody(
    'PATCH /v1/auth/access-tokens/{id}',
    object({ expiration_time: nullable(expiry), enabled: optional(boolean) }),
    {
      privilege: 'PRIVILEGE_ACCESS_TOKENS_WRITE',

      handle(call, body) {
        const { identity } = call.cluster;
        const token = identity.tokens.get(call.param('id'));
        if (body.expiration_time !== undefined) token.expiresAt = body.expiration_time;
        if (body.enabled !== undefined) token.enabled = body.enabled;
        return json(tokenBody(identity, token));
      },
    },
  ),
  ...on('DELETE /v1/auth/access-tokens/{id}', {
    privilege: 'PRIVILEGE_ACCESS_TOKENS_WRITE',
    handle(call) {
      call.cluster.identity.tokens.remove(call.param('id'));
      return empty();
    },
  }),
};
