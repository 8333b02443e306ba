import { type FileAttributes, QumuloApiError, type QumuloClient } from '@qwarden/qumulo-client';

/** Asks the cluster about the files of one stretch of the log, each at most once. */
export class FactsSource {
  readonly #cluster: QumuloClient;
  readonly #signal: AbortSignal;
  readonly #attributes = new Map<string, Promise<FileAttributes | null>>();
  readonly #tags = new Map<string, Promise<Readonly<Record<string, string>> | null>>();

  constructor(cluster: QumuloClient, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /** @throws the client's errors, but for a file that is gone. */
  attributes(ref: string): Promise<FileAttributes | null> {
    return remembered(this.#attributes, ref, async () => {
      const answer = await this.#cluster.files.getAttributes(ref, { retrieveFileLock: true, signal: this.#signal });
      return answer.data;
    });
  }

  /** User metadata of both kinds, as text. @throws the client's errors, but for a file that is gone. */
  tags(ref: string): Promise<Readonly<Record<string, string>> | null> {
    return remembered(this.#tags, ref, async () => {
      const tags: Record<string, string> = {};
      for await (const { key, value } of this.#cluster.files.userMetadata.list(ref, { signal: this.#signal }))
        tags[key] = value.toString('utf8');
      return tags;
    });
  }
}

function remembered<T>(map: Map<string, Promise<T | null>>, ref: string, ask: () => Promise<T>): Promise<T | null> {
  let asked = map.get(ref);
  if (asked === undefined) {
    asked = ask().catch((error: unknown) => {
      if (error instanceof QumuloApiError && error.status === 404) return null;
      throw error;
    });
    map.set(ref, asked);
  }
  return asked;
}
