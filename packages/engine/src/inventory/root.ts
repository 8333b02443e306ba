import type { QumuloClient } from '@qwarden/qumulo-client';
import { withoutSlash } from '../watch/place.ts';

/** The watched directory is not where the walk has looked for it: what was told by its path, or left out, must be found anew. */
class RootRenamedError extends Error {
  override readonly name = 'RootRenamedError';

  constructor(from: string, to: string) {
    super(`${from} was renamed to ${to} while it was looked through`);
  }
}

export interface RootOptions {
  readonly cluster: { readonly files: Pick<QumuloClient['files'], 'getAttributes'> };
  readonly store: { readonly rootId: string };
  /** Its absolute path, as it was when the walk began. */
  readonly root: string;
  readonly signal: AbortSignal;
}

/** Rejects with RootRenamedError when the watched directory has another path by now, or the client's error. */
export async function mustBeAt({ cluster, store, root, signal }: RootOptions): Promise<void> {
  const { data } = await cluster.files.getAttributes(store.rootId, { signal });
  const path = withoutSlash(data.path);
  if (path !== root) throw new RootRenamedError(root, path);
}
