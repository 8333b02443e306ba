import { listQuarantine, type QuarantineEntry, QuarantineError } from '@qwarden/engine';
import type { QumuloClient } from '@qwarden/qumulo-client';
import { PLACES } from '../places.ts';
import type { Truth } from '../truth.ts';
import { type Claim, claim } from './claim.ts';

/** Every executable is in quarantine, with a manifest that tells where it was, and nothing else is. */
export async function proveQuarantine(client: QumuloClient, truth: Truth): Promise<Claim> {
  const entries = await whole(client);
  const result = claim(
    'executables are in quarantine, with a manifest',
    [...truth.executables].map(([id, path]) => {
      const from = entries.get(id)?.manifest?.path;
      return [from === path, `${path} ${from === undefined ? 'is not in quarantine' : `has a manifest for ${from}`}`];
    }),
  );
  for (const [id, { manifest }] of entries)
    if (!truth.executables.has(id)) result.wrong.push(`${manifest?.path ?? id} is in quarantine and must not be`);
  return result;
}

/** By file id, what can be restored. A try that was cut off leaves a manifest without a file, which proves nothing. */
async function whole(client: QumuloClient): Promise<Map<string, QuarantineEntry>> {
  const entries = new Map<string, QuarantineEntry>();
  try {
    for await (const entry of listQuarantine(client, PLACES.quarantine))
      if (entry.problem === undefined && entry.file !== undefined) entries.set(entry.file.id, entry);
  } catch (error) {
    // It is made with the first file that goes there.
    if (!(error instanceof QuarantineError)) throw error;
  }
  return entries;
}
