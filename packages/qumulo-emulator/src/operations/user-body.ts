import type { Group, User } from '../identity/accounts.ts';
import type { Identity } from '../identity/identity.ts';

/** A user as answers carry it (FACTS 14: `uid` `""` = none, `can_change_password` boolean, `sid` string). */
export function userBody(identity: Identity, user: User) {
  return {
    id: user.id,
    name: user.name,
    primary_group: user.primaryGroup,
    sid: identity.directory.sidOfLocal(user.id),
    uid: user.uid === null ? '' : String(user.uid),
    home_directory: user.homeDirectory,
    can_change_password: true,
  };
}

export function groupBody(identity: Identity, group: Group) {
  return {
    id: group.id,
    name: group.name,
    sid: identity.directory.sidOfLocal(group.id),
    gid: group.gid === null ? '' : String(group.gid),
  };
}
