import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json } from '../http/answer.ts';
import { anything, nullable, object, optional, string } from '../http/decode.ts';
import { decodeError } from '../http/errors.ts';
import { on, onBody } from '../http/operation.ts';
import { groupBody, userBody } from './user-body.ts';

/** `uid` comes as text from the SDK and as a number from others. */
const posixNumber = (value: unknown, field: string): string => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return string(value, field);
};

const userFields = {
  primary_group: optional(string),
  uid: optional(posixNumber),
  home_directory: nullable(string),
  password: optional(string),
};

/** Local users (FACTS 14). */
export const userOperations = {
  ...on('GET /v1/users/', {
    privilege: 'PRIVILEGE_LOCAL_USER_READ',
    handle: ({ cluster: { identity } }) =>
      json([...identity.accounts.users.values()].map((user) => userBody(identity, user))),
  }),
  ...onBody('POST /v1/users/', object({ ...userFields, name: string }), {
    privilege: 'PRIVILEGE_LOCAL_USER_WRITE',

    handle({ cluster: { identity } }, body) {
      const user = identity.accounts.addUser({
        name: body.name,
        primaryGroup: body.primary_group,
        uid: body.uid,
        homeDirectory: body.home_directory,
        password: body.password,
      });
      return json(userBody(identity, user), etagOf(user.version));
    },
  }),
  ...on('GET /v1/users/{user_id}', {
    privilege: 'PRIVILEGE_LOCAL_USER_READ',
    handle(call) {
      const { identity } = call.cluster;
      const user = identity.accounts.user(call.param('user_id'));
      return json(userBody(identity, user), etagOf(user.version));
    },
  }),
  ...onBody('PUT /v1/users/{user_id}', object({ ...userFields, id: optional(anything), name: optional(string) }), {
    privilege: 'PRIVILEGE_LOCAL_USER_WRITE',

    handle(call, body) {
      const { identity } = call.cluster;
      const user = identity.accounts.user(call.param('user_id'));
      checkIfMatch(call.ifMatch, user.version);
      checkSameId(body.id, user.id);
      identity.accounts.changeUser(user, {
        name: body.name,
        primaryGroup: body.primary_group,
        uid: body.uid,
        homeDirectory: body.home_directory,
        password: body.password === '' ? undefined : body.password,
      });
      return json(userBody(identity, user), etagOf(user.version));
    },
  }),
  ...on('DELETE /v1/users/{user_id}', {
    privilege: 'PRIVILEGE_LOCAL_USER_WRITE',
    handle(call) {
      call.cluster.identity.removeUser(call.param('user_id'));
      return empty();
    },
  }),
  ...on('GET /v1/users/{user_id}/groups/', {
    privilege: 'PRIVILEGE_LOCAL_USER_READ',
    handle(call) {
      const { identity } = call.cluster;
      const user = identity.accounts.user(call.param('user_id'));
      return json(identity.accounts.groupsOf(user).map((group) => groupBody(identity, group)));
    },
  }),
  ...onBody('POST /v1/users/{user_id}/setpassword', object({ new_password: string }), {
    privilege: 'PRIVILEGE_LOCAL_USER_WRITE',

    handle(call, { new_password: password }) {
      const { accounts } = call.cluster.identity;
      accounts.setPassword(accounts.user(call.param('user_id')), password);
      return empty();
    },
  }),
};

/** An `id` in the body must be that of the URI; `""` is what terraform sends, and means nothing (FACTS 1). */
export function checkSameId(sent: unknown, id: string): void {
  const text = typeof sent === 'number' ? String(sent) : sent;
  if (text !== undefined && text !== '' && text !== id)
    throw decodeError(`field 'id': the URI says ${id}, the body something else`);
}
