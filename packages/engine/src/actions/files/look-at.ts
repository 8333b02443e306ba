import {
  type CallOptions,
  type FileAttributes,
  type FileRef,
  QumuloApiError,
  type QumuloClient,
} from '@qwarden/qumulo-client';

/** What is there now; undefined when nothing is. */
export async function lookAt(
  client: Pick<QumuloClient, 'files'>,
  ref: FileRef,
  options: CallOptions,
): Promise<FileAttributes | undefined> {
  try {
    return (await client.files.getAttributes(ref, options)).data;
  } catch (error) {
    if (error instanceof QumuloApiError && error.status === 404) return undefined;
    throw error;
  }
}
