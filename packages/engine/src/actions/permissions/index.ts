import type { ChangeType } from '../../events/kinds.ts';
import { attempt, describe } from '../files/attempt.ts';
import type { Action } from '../port.ts';
import { needsOf } from '../privileges.ts';
import { needsLookUp } from './identity.ts';
import { intention, runPermissions } from './run.ts';
import { type PermissionsParams, permissionsParams } from './schema.ts';

/** Sets mode, owner, group, entries of the ACL or the DOS read-only attribute: what differs, and nothing when nothing does. */
export const permissionsAction: Action<PermissionsParams> = {
  name: 'permissions',
  summary: 'Changes mode, owner, group, ACL or the read-only attribute of the file.',
  params: permissionsParams,
  effects: ({ mode, owner, group, acl, read_only }) => {
    const types: ChangeType[] = [];
    if (owner !== undefined) types.push('child_owner_changed');
    if (group !== undefined) types.push('child_group_changed');
    if (mode !== undefined || acl !== undefined || types.length > 0) types.push('child_acl_changed');
    if (read_only !== undefined) types.push('child_extra_attrs_changed');
    return [{ types, settles: true }];
  },
  privileges: (params) =>
    needsOf('permissions', { 'owner, group or a trustee by name': namesIn(params).some(needsLookUp) }),
  dryRun: (input, context) => describe(input, context, () => intention(input, context)),
  run: (input, context) => attempt(input, context, () => runPermissions(input, context)),
};

function namesIn({ owner, group, acl }: PermissionsParams): string[] {
  const entries = [...(acl?.add ?? []), ...(acl?.remove ?? []), ...(acl?.replace ?? [])];
  return [owner, group, ...entries.map(({ trustee }) => trustee)].filter((name) => name !== undefined);
}
