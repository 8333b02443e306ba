import { QumuloApiError, type QumuloClient } from '@qwarden/qumulo-client';
import type { Cell } from './layout.ts';

/** Removes the manifest, and the directories when nothing else is in them. */
export async function removeRemains(client: QumuloClient, cell: Cell, signal: AbortSignal | undefined): Promise<void> {
  for (const path of [cell.directory, cell.manifest, cell.day]) {
    try {
      await client.files.delete(path, { signal });
    } catch (error) {
      // Gone already, or not empty (FACTS 2.2: status not known): what is left shows in the list.
      if (error instanceof QumuloApiError && (error.status === 404 || isNotEmpty(error))) continue;
      throw error;
    }
  }
}

function isNotEmpty({ status, errorClass }: QumuloApiError): boolean {
  return status === 409 || errorClass === 'fs_directory_not_empty_error';
}
