import type { Answer, CallOptions } from '../../options.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { list, parseJson } from '../../transport/read-body.ts';

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

const resolve = endpoint('POST /v1/files/resolve', list<ResolvedPath>);
const tryResolve = endpoint('POST /v1/files/try-resolve', parseJson);

export function resolveApi(caller: Caller): ResolveApi {
  return {
    resolve: async (ids, options) =>
      caller.call(resolve, [], options, { query: { snapshot: options?.snapshot }, json: [...ids] }),
    // The snapshot goes into the body here, unlike everywhere else (FACTS 3).
    tryResolve: async (ids, options) =>
      caller.call(tryResolve, [], options, {
        json: { ids: [...ids], ...(options?.snapshot === undefined ? {} : { snapshot: options.snapshot }) },
      }),
  };
}
