import type { Call } from '../http/operation.ts';
import { encodeSegment } from '../http/percent.ts';

/** How a list says that it ended: the official SDK accepts only one of the two per list (FACTS 3). */
export type EndMarker = '' | null;

/** `paging` of an answer: `next` is server-relative and complete, so that a client gets it as it is. */
export interface Paging<End extends EndMarker> {
  readonly next: string | End;
}

/** `next` of a list whose token is known; the query parameters of this request stay in it. */
export function pagingOf<End extends EndMarker>(
  call: Call,
  token: string | null,
  limit: number | undefined,
  end: End,
  keep: readonly string[] = [],
): Paging<End> {
  if (token === null) return { next: end };
  const kept = keep.flatMap((name) => {
    const value = call.query.text(name);
    return value === undefined ? [] : [`${name}=${encodeSegment(value)}`];
  });
  const limited = limit === undefined ? [] : [`limit=${limit}`];
  return { next: `${call.path}?${[`after=${encodeSegment(token)}`, ...limited, ...kept].join('&')}` };
}

const DEFAULT_LIMIT = 1000;

/** A page of a list in memory. The token is a count: lists paged so are short and change rarely. Ends with null. */
export function page<T>(
  call: Call,
  all: readonly T[],
  keep: readonly string[] = [],
): { entries: T[]; paging: Paging<null> } {
  const start = call.query.count('after') ?? 0;
  const asked = call.query.count('limit');
  const limit = Math.min(asked === undefined || asked === 0 ? DEFAULT_LIMIT : asked, DEFAULT_LIMIT);
  const end = start + limit;
  const token = end < all.length ? String(end) : null;
  return { entries: all.slice(start, end), paging: pagingOf(call, token, asked, null, keep) };
}
