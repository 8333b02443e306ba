import { type FileAttributes, type FileLock, QumuloApiError } from '@qwarden/qumulo-client';
import type { Cluster } from '../cluster.ts';

export type LockAnswer =
  | { readonly kind: 'lock'; readonly lock: FileLock; readonly file: FileAttributes }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly message: string };

/** Asks the cluster for the retention lock of a file. Rejects when the cluster cannot be asked at all, which is no file's problem. */
export async function lockOf(
  fileId: string,
  cluster: Pick<Cluster, 'files'>,
  signal: AbortSignal | undefined,
): Promise<LockAnswer> {
  try {
    const { data } = await cluster.files.getAttributes(fileId, { retrieveFileLock: true, signal });
    return { kind: 'lock', lock: data.lock ?? { legal_hold: false, retention_period: null }, file: data };
  } catch (error) {
    if (!(error instanceof QumuloApiError) || error.status === 401) throw error;
    return error.status === 404
      ? { kind: 'missing' }
      : { kind: 'unreadable', message: `${error.status} ${error.errorClass}: ${error.description}` };
  }
}
