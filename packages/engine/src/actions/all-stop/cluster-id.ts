import { type CallOptions, QumuloApiError, type QumuloClient } from '@qwarden/qumulo-client';

/** Names the cluster in the record of a stop: what was kept of one must not be restored on another. */
export async function clusterIdOf(client: QumuloClient, options: CallOptions): Promise<string> {
  // A user that may not ask must be able to stop it all the same.
  return (await knownClusterId(client, options)) ?? client.options.origin;
}

/** Undefined: the user may not ask. */
export async function knownClusterId(client: QumuloClient, options: CallOptions): Promise<string | undefined> {
  try {
    return (await client.cluster.nodeState(options)).data.cluster_id;
  } catch (error) {
    if (error instanceof QumuloApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}
