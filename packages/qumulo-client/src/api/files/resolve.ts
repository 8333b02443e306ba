import type { Answer, CallOptions } from '../../options.ts';

export interface ResolvedPath {
  id: string;
  /** Empty when the id cannot be resolved (FACTS 3). */
  path: string;
}

export interface ResolveApi {
  /** Paths of ids, one entry an id; of a file with several names, one of them. */
  resolve(
    ids: readonly string[],
    options?: CallOptions & { snapshot?: number | undefined },
  ): Promise<Answer<ResolvedPath[]>>;
  /** Newer than `resolve`; its answer's form is not documented (FACTS 3), so it comes as it is. */
  tryResolve(
    ids: readonly string[],
    options?: CallOptions & { snapshot?: number | undefined },
  ): Promise<Answer<unknown>>;
}
