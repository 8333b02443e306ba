import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json } from '../http/answer.ts';
import { anything, object, optional, string } from '../http/decode.ts';
import { on, onBody } from '../http/operation.ts';
import { groupBody, userBody } from './user-body.ts';
import { checkSameId } from './users.ts';

const text = (value: unknown, field: string): string =>
  typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : string(value, field);

/** Local groups and their members (FACTS 14). */
export const groupOperations = {
  ...on('GET /v1/groups/', {
    privilege: 'PRIVILEGE_LOCAL_GROUP_READ',
    handle: ({ cluster: { identity } }) =>
      json([...identity.accounts.groups.values()].map((group) => groupBody(identity, group))),
  }),
  ...onBody('POST /v1/groups/', object({ name: string, gid: optional(text) }), {
    privilege: 'PRIVILEGE_LOCAL_GROUP_WRITE',

    handle({ cluster: { identity } }, { name, gid }) {
      const group = identity.accounts.addGroup(name, gid);
      return json(groupBody(identity, group), etagOf(group.version));
    },
  }),
  ...on('GET /v1/groups/{group_id}', {
    privilege: 'PRIVILEGE_LOCAL_GROUP_READ',
    handle(call) {
      const { identity } = call.cluster;
      const group = identity.accounts.group(call.param('group_id'));
      return json(groupBody(identity, group), etagOf(group.version));
    },
  }),
  ...onBody(
    'PUT /v1/groups/{group_id}',
    object({ id: optional(anything), name: optional(string), gid: optional(text) }),
    {
      privilege: 'PRIVILEGE_LOCAL_GROUP_WRITE',

      handle(call, body) {
        const { identity } = call.cluster;
        const group = identity.accounts.group(call.param('group_id'));
        checkIfMatch(call.ifMatch, group.version);
        checkSameId(body.id, group.id);
        identity.accounts.changeGroup(group, body.name, body.gid);
        return json(groupBody(identity, group), etagOf(group.version));
      },
    },
  ),
  ...on('DELETE /v1/groups/{group_id}', {
    privilege: 'PRIVILEGE_LOCAL_GROUP_WRITE',
    handle(call) {
      call.cluster.identity.removeGroup(call.param('group_id'));
      return empty();
    },
  }),
  ...on('GET /v1/groups/{group_id}/members/', {
    privilege: 'PRIVILEGE_LOCAL_GROUP_READ',
    handle(call) {
      const { identity } = call.cluster;
      const group = identity.accounts.group(call.param('group_id'));
      return json(identity.accounts.membersOf(group).map((user) => userBody(identity, user)));
    },
  }),
  ...onBody('POST /v1/groups/{group_id}/members/', object({ member_id: text }), {
    privilege: 'PRIVILEGE_LOCAL_GROUP_WRITE',

    handle(call, { member_id: memberId }) {
      const { identity } = call.cluster;
      const group = identity.accounts.group(call.param('group_id'));
      const member = identity.accounts.addMember(group, memberId);
      return json({ group_id: group.id, member_id: member.id });
    },
  }),
  ...on('DELETE /v1/groups/{group_id}/members/{member_id}', {
    privilege: 'PRIVILEGE_LOCAL_GROUP_WRITE',
    handle(call) {
      const { accounts } = call.cluster.identity;
      accounts.removeMember(accounts.group(call.param('group_id')), call.param('member_id'));
      return empty();
    },
  }),
};
