import { QumuloApiError } from '@qwarden/qumulo-client';
import type { Cluster } from '../../cluster.ts';

/** A protocol that the cluster does not offer holds nothing open. */
const NOT_OFFERED = new Set([404, 405, 501]);

/**
 * Do SMB or NFS clients hold the file open, as far as the cluster can tell (FACTS 12)? NFSv3 writers without locks leave no trace. Returns
 * who, for people; undefined when nobody does.
 */
export async function openByClients(
  cluster: Cluster,
  fileId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = { signal, retry: false } as const;
  const asked = [
    () => first(cluster.smb.openFiles({ fileNumber: fileId, ...options }), 'an SMB client has it open'),
    () => first(cluster.files.listLocks(fileId, 'smb', 'share-mode', options), 'an SMB client has it open'),
    () =>
      first(cluster.files.listLocks(fileId, 'nlm', 'byte-range', options), 'an NFSv3 client holds an NLM lock on it'),
    () =>
      first(
        cluster.files.listLocks(fileId, 'nfs4', 'byte-range', options),
        'an NFSv4 client holds a byte-range lock on it',
      ),
  ];
  for (const ask of asked) {
    const who = await ask();
    if (who !== undefined) return who;
  }
  return undefined;
}

async function first(entries: AsyncIterable<unknown>, words: string): Promise<string | undefined> {
  try {
    for await (const entry of entries) return entry === undefined ? undefined : words;
  } catch (error) {
    if (!(error instanceof QumuloApiError && NOT_OFFERED.has(error.status))) throw error;
  }
  return undefined;
}
