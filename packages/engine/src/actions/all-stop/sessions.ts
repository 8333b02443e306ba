import { type CallOptions, QumuloApiError, type QumuloClient, type SmbSession } from '@qwarden/qumulo-client';

const TRIES = 3;

/**
 * Ends the SMB sessions that are there now: whether a file that a client has open stays writable when its share is stopped is not known
 * (FACTS 12). A client that comes back gets a new one, under the new rules.
 * @throws what the cluster answers
 */
export async function closeSessions(
  client: QumuloClient,
  shares: ReadonlySet<string> | 'all',
  options: CallOptions,
): Promise<{ readonly closed: number; readonly left: number }> {
  const first = (await sessions(client, options)).filter(({ share_names: names }) => isAmong(names, shares));
  let left: SmbSession[] = first;
  for (let n = 0; n < TRIES && left.length > 0; n += 1) {
    try {
      await client.smb.closeSessions(left, options);
    } catch (error) {
      // One of them has ended by itself; the others are still to be closed.
      if (!(error instanceof QumuloApiError) || error.status !== 404) throw error;
    }
    const there = new Set((await sessions(client, options)).map(({ location }) => location));
    left = left.filter(({ location }) => there.has(location));
  }
  return { closed: first.length - left.length, left: left.length };
}

async function sessions(client: QumuloClient, options: CallOptions): Promise<SmbSession[]> {
  const found: SmbSession[] = [];
  for await (const session of client.smb.sessions(options)) found.push(session);
  return found;
}

function isAmong(names: readonly string[], shares: ReadonlySet<string> | 'all'): boolean {
  return shares === 'all' || names.some((name) => shares.has(name.toLowerCase()));
}
