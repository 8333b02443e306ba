import { QumuloProtocolError } from '../errors/api-error.ts';
import type { Answer, CallOptions } from '../options.ts';
import type { EndpointName } from '../wire/generated.ts';
import type { Caller } from './caller.ts';
import type { Endpoint, PathParams, QueryOf } from './endpoint.ts';

/** What a page of a list carries besides its entries; not in the documented schemas (FACTS 3). */
export interface Paged {
  paging?: { next?: string | null; prev?: string | null } | null;
}

/**
 * The pages of a list, each fetched when the one before has been consumed. `next` is followed as it is: it is complete
 * and its `after` opaque (FACTS 3). Ends on `""`, null, no `paging` at all, or a `next` that names the page itself (seen
 * on real clusters); pages without entries are nothing special.
 * @throws QumuloProtocolError when `next` leads back to an earlier page.
 */
export async function* pages<N extends EndpointName, T extends Paged>(
  caller: Caller,
  endpoint: Endpoint<N, T>,
  params: PathParams<N>,
  query: QueryOf<N>,
  options: CallOptions | undefined,
  about?: string,
): AsyncGenerator<Answer<T>, void, undefined> {
  const seen = new Set<string>();
  let path = caller.pathOf(endpoint, params, query);
  for (;;) {
    seen.add(path);
    const page = await caller.follow(endpoint, path, options, about);
    const next = nextPath(page.data, caller.basePath, endpoint.name);
    yield page;
    if (next === undefined || next === path) return;
    if (seen.has(next)) throw new QumuloProtocolError(endpoint.name, `paging leads in a circle, back to ${next}`);
    path = next;
  }
}

/** `next` as a complete path. It is relative to the server (FACTS 3), where the API may stand under `/api`. */
function nextPath(page: Paged, basePath: string, operation: string): string | undefined {
  const next = page.paging?.next;
  if (next === undefined || next === null || next === '') return undefined;
  if (typeof next !== 'string') throw new QumuloProtocolError(operation, 'paging.next is not a string');
  const path = next.replace(/^https?:\/\/[^/]*/i, '');
  if (!path.startsWith('/'))
    throw new QumuloProtocolError(operation, `paging.next is no path: ${JSON.stringify(next)}`);
  return basePath === '' || path.startsWith(`${basePath}/`) ? path : basePath + path;
}
