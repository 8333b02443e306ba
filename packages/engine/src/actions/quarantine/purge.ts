import type { FileAttributes, QumuloClient } from '@qwarden/qumulo-client';
import { heldBy } from '../files/retention-lock.ts';
import { lookAt } from '../files/look-at.ts';
import { withoutSlash } from '../files/paths.ts';
import { QuarantineError } from './error.ts';
import { entryOf, type QuarantineEntry } from './list.ts';
import { removeRemains } from './remains.ts';

/**
 * Deletes a quarantined file for good, with all that was kept about it; a broken entry with whatever is in its directory. Never touches a file that
 * is not in the quarantine.
 * @throws QuarantineError when a retention lock holds it; then it is all there still
 */
export async function purgeQuarantined(
  client: QumuloClient,
  entry: QuarantineEntry,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { signal } = options;
  const { cell } = entry;
  const { file } = await entryOf(client, cell, signal);
  if (file !== undefined) await demandNotHeld(client, file, signal);
  if (file !== undefined && file.type !== 'FS_FILE_TYPE_DIRECTORY') {
    // By its path: by its id another name of it might go (FACTS 3).
    await client.files.delete(withoutSlash(file.path), { signal });
  }
  const rest = await lookAt(client, cell.directory, { signal });
  if (rest !== undefined && rest.child_count > 0) await client.files.treeDelete.create(rest.id, { signal });
  await removeRemains(client, cell, signal);
}

async function demandNotHeld(
  client: QumuloClient,
  file: FileAttributes,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = await client.files.getAttributes(file.id, { signal, retrieveFileLock: true });
  const held = heldBy(answer.data.lock, answer.clusterTimeMs ?? answer.receivedAtMs);
  if (held === undefined) return;
  throw new QuarantineError(
    `${withoutSlash(file.path)} cannot be deleted: it has a retention lock (${held}). Wait until the period ends and lift the legal hold.`,
  );
}
