import type { ActionContext, ActionInput } from '../port.ts';
import { QumuloApiError } from '@qwarden/qumulo-client';
import { call } from '../files/call.ts';
import { WRITTEN } from '../files/expected.ts';
import { valuesNow } from '../files/found.ts';
import { lookAt } from '../files/look-at.ts';
import { nameOf } from '../files/paths.ts';
import { failed, raced } from '../files/stop.ts';
import { render } from '../template/template.ts';
import { makeManifest } from './manifest.ts';
import type { QuarantinePlan } from './plan.ts';
import type { QuarantineParams } from './schema.ts';

/**
 * Writes down how the file is now, before it is moved. One that an earlier try has left is written anew: the file has not been moved since, or
 * we would not be here.
 */
export async function writeManifest(
  input: ActionInput<QuarantineParams>,
  context: ActionContext,
  { found, cell }: QuarantinePlan,
): Promise<void> {
  const { files } = context.cluster;
  const acl = await files.getAcl(found.id, call(context));
  const { change, job, params } = input;
  const manifest = makeManifest(found.attributes, acl.data, {
    path: found.path,
    rule: job.rule,
    change: { id: change.id, type: change.type, path: change.path, at: new Date(change.at).toISOString() },
    quarantined_at: new Date(found.nowMs).toISOString(),
    reason: params.reason === undefined ? null : render(params.reason, valuesNow(input, found)),
  });
  const id = await fileFor(context, cell.day, cell.manifest);
  await context.effect([{ fileId: id, types: WRITTEN, at: cell.manifest }], () =>
    files.writeData(id, `${JSON.stringify(manifest, undefined, 2)}\n`, call(context)),
  );
}

async function fileFor(context: ActionContext, day: string, path: string): Promise<string> {
  const there = await lookAt(context.cluster, path, call(context));
  if (there !== undefined) {
    if (there.type === 'FS_FILE_TYPE_FILE') return there.id;
    throw failed(`${path} is there, but it is no manifest.`, 'Remove it, then retry the job (qwarden dead retry).');
  }
  try {
    const make = () => context.cluster.files.createFile(day, nameOf(path), call(context));
    return (await context.effect([], make)).data.id;
  } catch (error) {
    if (error instanceof QumuloApiError && error.status === 409) throw raced(`${path} has come meanwhile.`);
    throw error;
  }
}
