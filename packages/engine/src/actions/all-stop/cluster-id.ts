import { type CallOptions, QumuloApiError, type QumuloClient } from '@qwarden/qumulo-client';

/** Names the cluster in the record of a stop: what was kept of one must not be restored on another. */
export async function clusterIdOf(client: QumuloClient, options: CallOptions): Promise<string> {
  try {
    return (await client.cluster.nodeState(options)).data.cluster_id;
  } catch (error) {
    // A user that may not ask must be able to stop it all the same.
    if (error instanceof QumuloApiError && (error.status === 403 || error.status === 404)) return client.options.origin;
    throw error;
  }
}
