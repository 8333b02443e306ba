import { QumuloApiError } from '@qwarden/qumulo-client';
import { joinPath } from '../../rules/selection.ts';
import type { ActionContext, ExpectedEffect } from '../port.ts';
import { call } from './call.ts';
import { moved } from './expected.ts';
import type { Found } from './found.ts';
import { directoryOf, nameOf } from './paths.ts';
import { heldBy } from './retention-lock.ts';
import { failed, raced } from './stop.ts';

export interface Target {
  readonly directory: string;
  readonly name: string;
  /** What has that name now and is to be replaced. */
  readonly replaces?: { readonly id: string } | undefined;
}

/** What is moved: the subject, or a file that an action has made. */
export type Movable = Pick<Found, 'id' | 'path' | 'isDirectory'>;

/**
 * Gives it another name or directory, in one step. False when the name was taken at that very moment. The API takes the old *path* (FACTS 3), so
 * the answer is compared with the id: an object that came under that path meanwhile is put back.
 */
export async function moveTo(context: ActionContext, what: Movable, target: Target): Promise<boolean> {
  const { files } = context.cluster;
  const { replaces } = target;
  const to = joinPath(target.directory, target.name);
  const expected: ExpectedEffect[] = [...moved(what.id, what.isDirectory, what.path, to)];
  if (replaces !== undefined) expected.push({ fileId: replaces.id, types: ['child_file_removed'], at: to });
  try {
    const answer = await context.effect(expected, () =>
      files.rename(target.directory, target.name, what.path, { ...call(context), clobber: replaces !== undefined }),
    );
    if (answer.data.id === what.id) return true;
    await putBack(context, what, answer.data.id, target);
  } catch (error) {
    if (error instanceof QumuloApiError && error.status === 409 && replaces === undefined) return false;
    if (error instanceof QumuloApiError && error.status === 403 && replaces !== undefined)
      await refuseHeldTarget(context, replaces.id, joinPath(target.directory, target.name));
    throw error;
  }
  throw raced(`Another file has come under ${what.path} meanwhile; it stayed as it was.`);
}

/** @throws Stop `failed` when a retention lock holds the file that was to be replaced */
async function refuseHeldTarget(context: ActionContext, id: string, path: string): Promise<void> {
  const answer = await context.cluster.files.getAttributes(id, { ...call(context), retrieveFileLock: true });
  const held = heldBy(answer.data.lock, answer.clusterTimeMs ?? answer.receivedAtMs);
  if (held === undefined) return;
  throw failed(
    `${path} has a retention lock (${held}), so it cannot be overwritten.`,
    'Choose on_clash: number, or another place; then retry the job (qwarden dead retry).',
  );
}

async function putBack(context: ActionContext, what: Movable, id: string, target: Target): Promise<void> {
  const from = joinPath(target.directory, target.name);
  await context.effect(moved(id, what.isDirectory, from, what.path), () =>
    context.cluster.files.rename(directoryOf(what.path), nameOf(what.path), from, call(context)),
  );
}
