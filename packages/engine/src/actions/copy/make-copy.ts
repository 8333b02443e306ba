import { type AttributesPatch, type FileAttributes, QumuloApiError } from '@qwarden/qumulo-client';
import type { ChangeType } from '../../events/kinds.ts';
import { joinPath } from '../../rules/selection.ts';
import { call } from '../files/call.ts';
import { PERMISSIONS, WRITTEN } from '../files/expected.ts';
import { lookAt } from '../files/look-at.ts';
import { sameAcl } from '../files/same-acl.ts';
import { failed, raced, Stop } from '../files/stop.ts';
import type { ActionContext } from '../port.ts';
import type { CopyPlan } from './plan.ts';

const ATTRIBUTES: readonly ChangeType[] = [
  ...PERMISSIONS,
  'child_extra_attrs_changed',
  'child_mtime_changed',
  'child_btime_changed',
];

const STREAMS: readonly ChangeType[] = [
  'child_stream_added',
  'child_stream_data_written',
  'child_stream_size_changed',
  'child_mtime_changed',
];

/**
 * A whole copy under the partial name: data and named streams copied by the cluster itself, then owner, group, mode, ACL, flags and times, so that nobody may read
 * the copy who may not read the file. What an earlier try has left is replaced.
 * @throws Stop when the file changes meanwhile
 */
export async function makeCopy(context: ActionContext, plan: CopyPlan): Promise<FileAttributes> {
  const { files } = context.cluster;
  const made = await emptyFile(context, plan);
  const id = made.id;
  // Nobody but us may look in until it has the permissions of the file.
  await context.effect([{ fileId: id, types: ['child_file_added', 'child_acl_changed'], maybe: true }], () =>
    files.setAttributes(id, { mode: '0600' }, call(context)),
  );
  await copyData(context, id, plan);
  await copyStreams(context, id, plan);
  await demandSame(context, id, plan);
  return dress(context, id, plan);
}

async function copyData(context: ActionContext, id: string, plan: CopyPlan): Promise<void> {
  const { found } = plan;
  try {
    await context.effect([{ fileId: id, types: WRITTEN, maybe: true }], () =>
      context.cluster.files.copyFile(id, { ref: found.id, etag: found.etag }, call(context)),
    );
  } catch (error) {
    if (error instanceof QumuloApiError && error.status === 412) throw changing(plan);
    throw error;
  }
}

async function copyStreams(context: ActionContext, id: string, { found }: CopyPlan): Promise<void> {
  const { files } = context.cluster;
  const { data: streams } = await files.streams.list(found.id, call(context));
  for (const stream of streams) {
    await context.effect([{ fileId: id, types: STREAMS, maybe: true }], async () => {
      const { data: made } = await files.streams.create(id, stream.name, call(context));
      const source = { ref: found.id, streamId: stream.id };
      await files.copyFile(id, source, { ...call(context), targetStreamId: made.id });
    });
  }
}

function changing({ found, patienceMs }: CopyPlan): Stop {
  return new Stop({ kind: 'not-yet', reason: `${found.path} was written to while it was copied`, delayMs: patienceMs });
}

async function emptyFile(context: ActionContext, { directory, partial }: CopyPlan): Promise<FileAttributes> {
  const { files } = context.cluster;
  const path = joinPath(directory, partial);
  const left = await lookAt(context.cluster, path, call(context));
  if (left !== undefined) {
    await context.effect([{ fileId: left.id, types: ['child_file_removed'] }], () => files.delete(path, call(context)));
  }
  try {
    return (await context.effect([], () => files.createFile(directory, partial, call(context)))).data;
  } catch (error) {
    if (error instanceof QumuloApiError && error.status === 403) {
      throw failed(
        `Nothing can be written to ${directory}: ${error.status} ${error.errorClass}: ${error.description}`,
        `Give the user of qwarden the right to write there (or a role with PRIVILEGE_FILE_FULL_ACCESS, or room in its quota); then retry the job (qwarden dead retry).`,
      );
    }
    throw error;
  }
}

/** The copy is as long as the file, and the file is still the one whose attributes the copy gets. */
async function demandSame(context: ActionContext, copyId: string, plan: CopyPlan): Promise<void> {
  const { files } = context.cluster;
  const { found } = plan;
  const before = found.attributes;
  const { data: copy } = await files.getAttributes(copyId, call(context));
  const { data: now } = await files.getAttributes(found.id, call(context));
  const changed =
    now.size !== before.size ||
    now.modification_time !== before.modification_time ||
    now.data_revision !== before.data_revision;
  if (changed) throw changing(plan);
  if (copy.size !== now.size) throw raced(`The copy has ${copy.size} bytes, ${found.path} has ${now.size}.`);
}

async function dress(context: ActionContext, id: string, { found }: CopyPlan): Promise<FileAttributes> {
  const { files } = context.cluster;
  const { owner, group, mode, extended_attributes, modification_time, creation_time } = found.attributes;
  const { data: acl } = await files.getAcl(found.id, call(context));
  const set = (patch: AttributesPatch) =>
    context.effect([{ fileId: id, types: ATTRIBUTES, maybe: true }], () =>
      files.setAttributes(id, patch, call(context)),
    );
  await set({ owner, group, mode });
  const { data: present } = await files.getAcl(id, call(context));
  // Written only when the mode does not make the same: the copy of a file with a plain mode has a plain mode.
  if (!sameAcl(present, acl)) {
    await context.effect([{ fileId: id, types: ['child_acl_changed'], maybe: true }], () =>
      files.setAcl(id, acl, call(context)),
    );
  }
  return (await set({ extended_attributes, modification_time, creation_time })).data;
}
