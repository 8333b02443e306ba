import type { AttributesPatch, FileAttributes, QumuloClient } from '@qwarden/qumulo-client';
import { isDeepStrictEqual } from 'node:util';
import { sameAcl } from '../files/same-acl.ts';
import type { Manifest } from './manifest.ts';

/** Gives a file the owner, mode, ACL, flags and times of its manifest: what differs, times last, since everything else moves them. */
export async function putAttributesBack(
  client: QumuloClient,
  file: FileAttributes,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { files } = client;
  const { owner, group, mode, extended_attributes } = manifest;
  const patch: AttributesPatch = {
    ...(file.owner === owner ? {} : { owner }),
    ...(file.group === group ? {} : { group }),
    ...(file.mode === mode ? {} : { mode }),
    ...(isDeepStrictEqual({ ...file.extended_attributes }, extended_attributes) ? {} : { extended_attributes }),
  };
  if (Object.keys(patch).length > 0) await files.setAttributes(file.id, patch, { signal });
  const { data: acl } = await files.getAcl(file.id, { signal });
  // Written only when the mode does not make the same: a plain file keeps its plain mode.
  if (!sameAcl(acl, manifest.acl)) await files.setAcl(file.id, manifest.acl, { signal });
}

export async function putTimesBack(
  client: QumuloClient,
  fileId: string,
  { times }: Manifest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const patch: AttributesPatch = {
    access_time: times.access,
    modification_time: times.modification,
    change_time: times.change,
    creation_time: times.creation,
  };
  await client.files.setAttributes(fileId, patch, { signal });
}
