import type { Snapshot } from '@qwarden/qumulo-client';
import { parseDuration } from '../../rules/schema/duration.ts';
import { call } from '../files/call.ts';
import { findSubject } from '../files/found.ts';
import { lookAt } from '../files/look-at.ts';
import { directoryProblem } from '../files/paths.ts';
import { failed, Stop } from '../files/stop.ts';
import type { ActionContext, ActionInput } from '../port.ts';
import { render } from '../template/template.ts';
import { templateValues } from '../template/variables.ts';
import { cleanName, markOf } from './name.ts';
import type { SnapshotParams } from './schema.ts';

/** What it covers. @throws Stop */
export async function sourceOf(
  input: ActionInput<SnapshotParams>,
  context: ActionContext,
): Promise<{ readonly id: string; readonly path: string }> {
  const now = await subjectNow(input, context);
  // The directory of a file that was deleted is worth a snapshot, too: its path is the one that the event told.
  const path = render(input.params.of, templateValues({ ...input, subject: now ?? input.subject }));
  const problem = directoryProblem(path);
  if (problem !== undefined)
    throw failed(`There is nothing to make a snapshot of: ${problem}.`, 'Change "of" in the rule.');
  const there = await lookAt(context.cluster, path, call(context));
  if (there?.type === 'FS_FILE_TYPE_DIRECTORY') return { id: there.id, path };
  if (there === undefined && now === undefined)
    throw new Stop({ kind: 'gone', note: `neither the file nor ${path} is there any more` });
  throw failed(
    there === undefined ? `There is no directory ${path}.` : `${path} is no directory.`,
    'Make it, or change "of" in the rule; then retry the job (qwarden dead retry).',
  );
}

/** The snapshot to make. @throws Stop when there is one that will do */
export async function planSnapshot(
  input: ActionInput<SnapshotParams>,
  context: ActionContext,
  sourceFileId: string,
): Promise<{ readonly nameSuffix: string; readonly sourceFileId: string; readonly expiration: string | undefined }> {
  const mark = markOf(input.job);
  const answer = await context.cluster.snapshots.list({ ...call(context), filter: 'exclude_in_delete' });
  const nowMs = answer.clusterTimeMs ?? context.clock.now();
  const ours = answer.data.filter((snapshot) => snapshot.source_file_id === sourceFileId);
  const made = ours.find(({ name }) => name.endsWith(mark.whole));
  if (made !== undefined)
    throw new Stop({ kind: 'skipped', note: `this job has made the snapshot ${made.name} already` });
  const { at_most_every: every, expires } = input.params;
  const recent =
    every === undefined ? undefined : ours.find((one) => isRecent(one, mark.rule, nowMs - parseDuration(every)));
  if (recent !== undefined) throw new Stop({ kind: 'skipped', note: `the snapshot ${recent.name} is young enough` });
  const name = cleanName(render(input.params.name, templateValues(input)));
  return {
    nameSuffix: `${name}${mark.whole}`,
    sourceFileId,
    expiration: expires === null ? undefined : new Date(nowMs + parseDuration(expires)).toISOString(),
  };
}

function isRecent({ name, timestamp }: Snapshot, ruleMark: string, sinceMs: number): boolean {
  return name.slice(0, -9).endsWith(ruleMark) && Date.parse(timestamp) > sinceMs;
}

async function subjectNow(
  input: ActionInput<unknown>,
  context: ActionContext,
): Promise<ActionInput<unknown>['subject'] | undefined> {
  try {
    const { id, path } = await findSubject(input, context);
    return { fileId: id, path };
  } catch (error) {
    if (error instanceof Stop && error.outcome.kind === 'gone') return undefined;
    throw error;
  }
}
