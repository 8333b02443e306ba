import { type FileAttributes, QumuloApiError } from '@qwarden/qumulo-client';
import type { ActionContext, ActionInput } from '../port.ts';
import { type TemplateValues, templateValues } from '../template/variables.ts';
import { call } from './call.ts';
import { lookAt } from './look-at.ts';
import { directoryOf, nameOf, withoutSlash } from './paths.ts';
import { heldBy, heldOutcome } from './retention-lock.ts';
import { Stop } from './stop.ts';

/** The subject of a job as it is now, found by its id. */
export interface Found {
  readonly id: string;
  /** Absolute, without a slash at the end: it may have been renamed since the change. */
  readonly path: string;
  readonly directory: string;
  readonly name: string;
  readonly isDirectory: boolean;
  readonly attributes: FileAttributes;
  readonly etag: string | undefined;
  /** The cluster's clock. */
  readonly nowMs: number;
}

/**
 * @param made paths that an earlier try may have given it, which only matter to a file with several names
 * @throws Stop `gone` when the id is there no more
 */
export async function findSubject(
  input: ActionInput<unknown>,
  context: ActionContext,
  made: readonly string[] = [],
): Promise<Found> {
  const { subject } = input;
  const answer = await read(subject.fileId, context);
  const attributes = answer.data;
  // In a tree that is being deleted objects have no path any more.
  if (attributes.path === '') throw gone();
  const path = await pathOf(attributes, [subject.path, ...made], context);
  return {
    id: attributes.id,
    path,
    directory: directoryOf(path),
    name: nameOf(path),
    isDirectory: attributes.type === 'FS_FILE_TYPE_DIRECTORY',
    attributes,
    etag: answer.etag,
    nowMs: answer.clusterTimeMs ?? context.clock.now(),
  };
}

/** @throws Stop `failed` when a retention lock holds it now */
export function refuseHeld(found: Found, what: string): void {
  const held = heldBy(found.attributes.lock, found.nowMs);
  if (held !== undefined) throw new Stop(heldOutcome(held, what));
}

/** Values of templates for the subject under its present path. */
export function valuesNow(input: ActionInput<unknown>, found: Found): TemplateValues {
  return templateValues({ ...input, subject: { fileId: found.id, path: found.path } });
}

/**
 * Values for the subject under the paths that it had when the job was made. When what they make is where it is now, an earlier try has done
 * it: made from the present path they would do it twice.
 */
export function valuesBefore(input: ActionInput<unknown>): readonly TemplateValues[] {
  const paths = new Set([input.subject.path, input.change.path]);
  return [...paths].map((path) => templateValues({ ...input, subject: { fileId: input.subject.fileId, path } }));
}

async function read(fileId: string, context: ActionContext) {
  const { files } = context.cluster;
  try {
    try {
      return await files.getAttributes(fileId, { ...call(context), retrieveFileLock: true });
    } catch (error) {
      // The lock may be seen only with READ_ACL (FACTS 5); everything else may be seen without.
      if (!(error instanceof QumuloApiError) || error.status !== 403) throw error;
      return await files.getAttributes(fileId, call(context));
    }
  } catch (error) {
    if (error instanceof QumuloApiError && error.status === 404) throw gone();
    throw error;
  }
}

/** The cluster names a file with several names by one of them (FACTS 3): the job is about another one, perhaps. */
async function pathOf(attributes: FileAttributes, known: readonly string[], context: ActionContext): Promise<string> {
  const path = withoutSlash(attributes.path);
  if (attributes.num_links < 2 || attributes.type === 'FS_FILE_TYPE_DIRECTORY') return path;
  for (const candidate of new Set(known)) {
    const there = await lookAt(context.cluster, candidate, call(context));
    if (there?.id === attributes.id) return candidate;
  }
  return path;
}

function gone(): Stop {
  return new Stop({ kind: 'gone', note: 'the file is not there any more' });
}
