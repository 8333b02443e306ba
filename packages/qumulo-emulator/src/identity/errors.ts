import { unknownErrors } from '../unknowns.ts';

/**
 * Errors of users, groups, roles and tokens, one named function each. The sources give statuses for few of them and classes
 * for none but the login's (FACTS 2.2), so the classes here follow the pattern of the known ones: branch on the status.
 */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly status: number;
  readonly errorClass: string;

  constructor(status: number, errorClass: string, description: string) {
    super(description);
    this.status = status;
    this.errorClass = errorClass;
  }
}

/** FACTS 2.2: 404 for what is not local or not known. */
export const identityNotFound = (what: string): IdentityError =>
  new IdentityError(404, 'auth_identity_not_found_error', `No such identity: ${what}`);
export const userNotFound = (id: string): IdentityError =>
  new IdentityError(404, 'auth_user_not_found_error', `No local user has the id ${id}`);
export const groupNotFound = (id: string): IdentityError =>
  new IdentityError(404, 'auth_group_not_found_error', `No local group has the id ${id}`);
export const roleNotFound = (name: string): IdentityError =>
  new IdentityError(404, 'auth_role_not_found_error', `No role is named ${name}`);
export const roleMemberNotFound = (id: string, role: string): IdentityError =>
  new IdentityError(404, 'auth_role_member_not_found_error', `${id} is no member of the role ${role}`);
export const groupMemberNotFound = (id: string, group: string): IdentityError =>
  new IdentityError(404, 'auth_group_member_not_found_error', `${id} is no member of the group ${group}`);
export const accessTokenNotFound = (id: string): IdentityError =>
  new IdentityError(404, 'auth_access_token_not_found_error', `No access token has the id ${id}`);

export const nameTaken = (name: string): IdentityError =>
  new IdentityError(409, 'auth_name_exists_error', `A user, group or role named ${name} exists already`);
export const posixNumberTaken = (what: string): IdentityError =>
  new IdentityError(409, 'auth_id_exists_error', `${what} belongs to another user or group already`);
export const alreadyMember = (what: string): IdentityError =>
  new IdentityError(409, 'auth_member_exists_error', `${what} is a member already`);

export const invalidIdentity = (text: string): IdentityError =>
  new IdentityError(400, 'auth_invalid_identity_error', text);
export const builtIn = (what: string): IdentityError =>
  new IdentityError(403, 'auth_builtin_error', `${what} is built in and cannot be changed this way`);
export const groupNotEmpty = (name: string): IdentityError =>
  new IdentityError(409, 'auth_group_in_use_error', `Group ${name} is the primary group of a user`);

/** FACTS 1: at most two access tokens per user; users only. */
export const tooManyTokens = (limit: number): IdentityError =>
  new IdentityError(409, 'auth_access_token_limit_error', `A user may have at most ${limit} access tokens`);
export const tokensAreForUsers = (what: string): IdentityError =>
  new IdentityError(400, 'auth_invalid_identity_error', `Access tokens are for users; ${what} is none`);
/** Wrong old password in change-password (status and class UNKNOWN). */
export const wrongOldPassword = (): IdentityError =>
  new IdentityError(
    unknownErrors.wrongOldPassword.status,
    unknownErrors.wrongOldPassword.errorClass,
    'The old password is not correct',
  );
export const emptyPassword = (): IdentityError =>
  new IdentityError(400, 'auth_invalid_password_error', 'A password cannot be empty');
