import type { ChangeType } from '../../events/kinds.ts';
import { call } from '../files/call.ts';
import { refuseHeld } from '../files/found.ts';
import { sameAcl } from '../files/same-acl.ts';
import type { ActionContext, ActionInput, ActionOutcome, ExpectedEffect } from '../port.ts';
import { changedAcl } from './acl.ts';
import { inWords, type PermissionsPlan, planPermissions } from './plan.ts';
import type { PermissionsParams } from './schema.ts';

const UNCHANGED = 'its permissions are so already';

/** Attributes first: a new owner rewrites the ACL (FACTS 4), and its entries come after that. */
export async function runPermissions(
  input: ActionInput<PermissionsParams>,
  context: ActionContext,
): Promise<ActionOutcome> {
  const plan = await planPermissions(input, context);
  const done = inWords(plan);
  if (done.length > 0) await setAttributes(context, plan);
  if (await setAcl(context, plan)) done.push('the ACL');
  return done.length === 0
    ? { kind: 'skipped', note: UNCHANGED }
    : { kind: 'done', note: `changed ${done.join(', ')}` };
}

/** What a dry run says. */
export async function intention(input: ActionInput<PermissionsParams>, context: ActionContext): Promise<string> {
  const plan = await planPermissions(input, context);
  const words = inWords(plan);
  const { found, acl } = plan;
  if (acl !== undefined) {
    const { data: present } = await context.cluster.files.getAcl(found.id, call(context));
    const wanted = changedAcl(present, acl);
    if (!sameAcl(present, wanted)) words.push(`the ACL (${present.aces.length} entries to ${wanted.aces.length})`);
  }
  if (words.length === 0) return `would do nothing: ${UNCHANGED}`;
  refuseHeld(found, 'changed');
  return `would change ${words.join(', ')} of ${found.path}`;
}

async function setAttributes(context: ActionContext, { found, patch }: PermissionsPlan): Promise<void> {
  refuseHeld(found, 'changed');
  const { id, path } = found;
  const types: ChangeType[] = [];
  if (patch.owner !== undefined) types.push('child_owner_changed');
  if (patch.group !== undefined) types.push('child_group_changed');
  if (patch.mode !== undefined) types.push('child_acl_changed');
  if (patch.extended_attributes !== undefined) types.push('child_extra_attrs_changed');
  const expected: ExpectedEffect[] = [{ fileId: id, types, at: path }];
  // A new owner or group rewrites the ACL, and no source says whether that is told.
  if (patch.mode === undefined && (patch.owner ?? patch.group) !== undefined)
    expected.push({ fileId: id, types: ['child_acl_changed'], at: path, maybe: true });
  await context.effect(expected, () =>
    context.cluster.files.setAttributes(found.id, patch, { ...call(context), ifMatch: found.etag }),
  );
}

async function setAcl(context: ActionContext, { found, acl }: PermissionsPlan): Promise<boolean> {
  if (acl === undefined) return false;
  const { files } = context.cluster;
  const present = await files.getAcl(found.id, call(context));
  const wanted = changedAcl(present.data, acl);
  if (sameAcl(present.data, wanted)) return false;
  refuseHeld(found, 'changed');
  await context.effect([{ fileId: found.id, types: ['child_acl_changed'], at: found.path }], () =>
    files.setAcl(found.id, wanted, { ...call(context), ifMatch: present.etag }),
  );
  return true;
}
