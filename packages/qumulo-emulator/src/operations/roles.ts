import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { empty, json } from '../http/answer.ts';
import { array, object, optional, string } from '../http/decode.ts';
import { decodeError } from '../http/errors.ts';
import { on, onBody } from '../http/operation.ts';
import { identityNotFound, roleMemberNotFound } from '../identity/errors.ts';
import { isPrivilege, type Privilege, privilegeDescriptions } from '../identity/privileges.ts';
import type { Role } from '../identity/roles.ts';
import { identityFields } from './identity-body.ts';
import { page } from './paging.ts';

const privilege = (value: unknown, field: string): Privilege => {
  if (!isPrivilege(value))
    throw decodeError(`field '${field}': ${JSON.stringify(value)} is not the name of a privilege`);
  return value;
};

const delta = object({ description: optional(string), privileges: optional(array(privilege)) });

const roleBody = (role: Role) => ({ description: role.description, privileges: [...role.privileges] });

/** Roles and who has them (FACTS 8 and 13: lists are objects by name). */
export const roleOperations = {
  ...on('GET /v1/auth/privileges/', {
    privilege: 'PRIVILEGE_ROLE_READ',
    handle: () => json(privilegeDescriptions),
  }),
  ...on('GET /v1/auth/roles/', {
    privilege: 'PRIVILEGE_ROLE_READ',
    handle: ({ cluster }) =>
      json(Object.fromEntries(cluster.identity.roles.all().map((role) => [role.name, roleBody(role)]))),
  }),
  ...onBody(
    'POST /v1/auth/roles/',
    object({ name: string, description: optional(string), privileges: optional(array(privilege)) }),
    {
      privilege: 'PRIVILEGE_ROLE_WRITE',

      handle({ cluster }, body) {
        const role = cluster.identity.roles.add(body.name, body.description ?? '', body.privileges ?? []);
        return json({ name: role.name, ...roleBody(role) }, etagOf(role.version));
      },
    },
  ),
  ...on('GET /v1/auth/roles/{role_name}', {
    privilege: 'PRIVILEGE_ROLE_READ',
    handle(call) {
      const role = call.cluster.identity.roles.role(call.param('role_name'));
      return json(roleBody(role), etagOf(role.version));
    },
  }),
  ...onBody('PUT /v1/auth/roles/{role_name}', delta, {
    privilege: 'PRIVILEGE_ROLE_WRITE',

    handle(call, { description, privileges }) {
      const role = call.cluster.identity.roles.role(call.param('role_name'));
      checkIfMatch(call.ifMatch, role.version);
      call.cluster.identity.roles.change(role, description ?? '', privileges ?? []);
      return json(roleBody(role), etagOf(role.version));
    },
  }),
  ...onBody('PATCH /v1/auth/roles/{role_name}', delta, {
    privilege: 'PRIVILEGE_ROLE_WRITE',

    handle(call, { description, privileges }) {
      const role = call.cluster.identity.roles.role(call.param('role_name'));
      checkIfMatch(call.ifMatch, role.version);
      call.cluster.identity.roles.change(role, description, privileges);
      return json(roleBody(role), etagOf(role.version));
    },
  }),
  ...on('DELETE /v1/auth/roles/{role_name}', {
    privilege: 'PRIVILEGE_ROLE_WRITE',
    handle(call) {
      const role = call.cluster.identity.roles.role(call.param('role_name'));
      checkIfMatch(call.ifMatch, role.version);
      call.cluster.identity.roles.remove(role);
      return empty();
    },
  }),
  ...on('GET /v1/auth/roles/{role_name}/members', {
    privilege: 'PRIVILEGE_ROLE_READ',
    handle(call) {
      const { roles, directory } = call.cluster.identity;
      const { entries, paging } = page(call, [...roles.role(call.param('role_name')).members]);
      return json({ members: Object.fromEntries(entries.map((id) => [id, directory.trustee(id)])), paging });
    },
  }),
  ...onBody('POST /v1/auth/roles/{role_name}/members', identityFields, {
    privilege: 'PRIVILEGE_ROLE_WRITE',

    handle(call, body) {
      const { roles, directory } = call.cluster.identity;
      const role = roles.role(call.param('role_name'));
      const found = directory.findExisting(body);
      if (found.auth_id === null) throw identityNotFound('without auth_id');
      roles.addMember(role, found.auth_id);
      return json(found);
    },
  }),
  ...on('GET /v1/auth/roles/{role_name}/members/{member_id}', {
    privilege: 'PRIVILEGE_ROLE_READ',
    handle(call) {
      const { roles, directory } = call.cluster.identity;
      const role = roles.role(call.param('role_name'));
      const id = call.param('member_id');
      if (!role.members.has(id)) throw roleMemberNotFound(id, role.name);
      return json(directory.trustee(id));
    },
  }),
  ...on('DELETE /v1/auth/roles/{role_name}/members/{member_id}', {
    privilege: 'PRIVILEGE_ROLE_WRITE',
    handle(call) {
      const { roles, directory } = call.cluster.identity;
      const role = roles.role(call.param('role_name'));
      const id = call.param('member_id');
      if (!role.members.has(id)) throw roleMemberNotFound(id, role.name);
      const member = directory.trustee(id);
      roles.removeMember(role, id);
      return json(member);
    },
  }),
};
