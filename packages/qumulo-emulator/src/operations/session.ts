import { empty, json } from '../http/answer.ts';
import { object, optional, string } from '../http/decode.ts';
import { wrongPassword } from '../http/errors.ts';
import { notImplementedForAnyone, on, onBody } from '../http/operation.ts';
import { emptyPassword, wrongOldPassword } from '../identity/errors.ts';
import { passwordMatches } from '../identity/password.ts';
import { isPrivilege } from '../identity/privileges.ts';
import { userBody } from './user-body.ts';

/** Login and the caller's own account (FACTS 1). */
export const sessionOperations = {
  ...onBody('POST /v1/session/login', object({ username: string, password: string }), {
    anonymous: true,

    handle({ cluster, nowMs }, { username, password }) {
      const bearer = cluster.identity.login(username, password, nowMs);
      if (bearer === undefined) throw wrongPassword();
      return json({ bearer_token: bearer });
    },
  }),
  ...on('GET /v1/session/who-am-i', {
    handle({ cluster, principal, caller }) {
      const { id, name, primary_group, sid, uid, home_directory, can_change_password } = userBody(
        cluster.identity,
        principal.user,
      );
      const privileges = [...caller.privileges].filter(isPrivilege);
      const known = { id, name, primary_group, sid, uid, home_directory, can_change_password, privileges };
      return json(
        principal.accessTokenId === undefined ? known : { ...known, access_token_id: principal.accessTokenId },
      );
    },
  }),
  ...on('GET /v1/session/roles', {
    handle({ cluster, principal }) {
      const { directory, roles } = cluster.identity;
      return json(roles.rolesOf(directory.authIdsOf(principal.user)).map((role) => role.name));
    },
  }),
  ...onBody('POST /v1/session/change-password', object({ old_password: optional(string), new_password: string }), {
    handle({ cluster, principal }, { old_password: oldPassword = '', new_password: newPassword }) {
      if (!passwordMatches(principal.user.password, oldPassword)) throw wrongOldPassword();
      if (newPassword === '') throw emptyPassword();
      cluster.identity.accounts.setPassword(principal.user, newPassword);
      return empty();
    },
  }),
  ...notImplementedForAnyone('POST /v1/session/start-saml-login', 'POST /v1/session/retrieve-saml-login'),
};
