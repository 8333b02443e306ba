import { type FileAttributes, QumuloApiError } from '@qwarden/qumulo-client';
import { joinPath } from '../../rules/selection.ts';
import type { ActionContext } from '../port.ts';
import { call } from './call.ts';
import { lookAt } from './look-at.ts';
import { directoryOf, nameOf } from './paths.ts';
import { failed } from './stop.ts';

/**
 * The directory, made with all that is missing above it.
 * @param options `create: false` = it must be there; `mode` of those that are made
 * @throws Stop `failed` when it cannot be
 */
export async function ensureDirectory(
  context: ActionContext,
  path: string,
  options: { readonly create: boolean; readonly mode?: string | undefined },
): Promise<FileAttributes> {
  const there = await lookAt(context.cluster, path, call(context));
  if (there !== undefined) return demandDirectory(there, path);
  if (!options.create) {
    throw failed(
      `There is no directory ${path}.`,
      'Make it, or set create_directories: true; then retry the job (qwarden dead retry).',
    );
  }
  await ensureDirectory(context, directoryOf(path), options);
  const made = await make(context, path);
  return options.mode === undefined ? made : restrict(context, made, options.mode);
}

/** Sets the mode when it is another one. */
export async function restrict(
  context: ActionContext,
  directory: FileAttributes,
  mode: string,
): Promise<FileAttributes> {
  if (directory.mode === mode) return directory;
  const answer = await context.effect([{ fileId: directory.id, types: ['child_dir_added', 'child_acl_changed'] }], () =>
    context.cluster.files.setAttributes(directory.id, { mode }, call(context)),
  );
  return answer.data;
}

async function make(context: ActionContext, path: string): Promise<FileAttributes> {
  const parent = directoryOf(path);
  try {
    return (await context.effect([], () => context.cluster.files.createDirectory(parent, nameOf(path), call(context))))
      .data;
  } catch (error) {
    if (!(error instanceof QumuloApiError)) throw error;
    if (error.status === 409) {
      // Another job made it at the same time.
      const there = await lookAt(context.cluster, path, call(context));
      if (there !== undefined) return demandDirectory(there, path);
    }
    if (error.status !== 403) throw error;
    throw failed(
      `The directory ${joinPath(parent, nameOf(path))} cannot be made: ${error.status} ${error.errorClass}: ${error.description}`,
      `Make it, or give the user of qwarden the right to write to ${parent} (or a role with PRIVILEGE_FILE_FULL_ACCESS, or room in its quota); then retry the job (qwarden dead retry).`,
    );
  }
}

function demandDirectory(there: FileAttributes, path: string): FileAttributes {
  if (there.type === 'FS_FILE_TYPE_DIRECTORY') return there;
  throw failed(`${path} is there, but it is no directory.`, 'Give the rule another directory, or move what is there.');
}
