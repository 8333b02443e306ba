import type { AttributesPatch } from '@qwarden/qumulo-client';
import { type Found, findSubject } from '../files/found.ts';
import type { ActionContext, ActionInput } from '../port.ts';
import { type WantedAcl, wantedAcl } from './acl.ts';
import { authIdOf } from './identity.ts';
import type { PermissionsParams } from './schema.ts';

export interface PermissionsPlan {
  readonly found: Found;
  /** What differs. */
  readonly patch: AttributesPatch;
  readonly acl: WantedAcl | undefined;
}

/** @throws Stop */
export async function planPermissions(
  input: ActionInput<PermissionsParams>,
  context: ActionContext,
): Promise<PermissionsPlan> {
  const { mode, owner, group, acl, read_only } = input.params;
  const found = await findSubject(input, context);
  const now = found.attributes;
  const patch: AttributesPatch = {};
  if (mode !== undefined && mode !== now.mode) patch.mode = mode;
  const ownerId = owner === undefined ? now.owner : await authIdOf(context, owner);
  if (ownerId !== now.owner) patch.owner = ownerId;
  const groupId = group === undefined ? now.group : await authIdOf(context, group);
  if (groupId !== now.group) patch.group = groupId;
  if (read_only !== undefined && read_only !== (now.extended_attributes.read_only ?? false)) {
    // All of them go back, as the official tool does (FACTS 4).
    patch.extended_attributes = { ...now.extended_attributes, read_only };
  }
  return { found, patch, acl: acl === undefined ? undefined : await wantedAcl(context, acl, found.isDirectory) };
}

/** What a patch does, in words: `mode 0644 to 0640`. */
export function inWords({ found, patch }: PermissionsPlan): string[] {
  const now = found.attributes;
  const words: string[] = [];
  if (patch.mode !== undefined) words.push(`mode ${now.mode} to ${patch.mode}`);
  if (patch.owner !== undefined) words.push(`owner ${now.owner} to ${patch.owner}`);
  if (patch.group !== undefined) words.push(`group ${now.group} to ${patch.group}`);
  if (patch.extended_attributes !== undefined)
    words.push(patch.extended_attributes.read_only === true ? 'read-only' : 'no longer read-only');
  return words;
}
