/** Ids to paths, many at a time (FACTS 3). */
import type { Resolved } from '../types.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { FsError } from '../errors.ts';
import { locate, pathOf, type Window } from '../lookup.ts';

const pathFor = (core: Core, caller: Caller, id: string, window: Window): string => {
  try {
    const { node, view } = locate(core, caller, id.startsWith('/') ? '' : id, window);
    return pathOf(node, view);
  } catch (error) {
    if (error instanceof FsError) return '';
    throw error;
  }
};

/** One entry per distinct id, in the order asked; what cannot be resolved keeps an empty path. */
export const resolve = (core: Core, caller: Caller, ids: readonly string[], window: Window): Resolved[] =>
  [...new Set(ids)].map((id) => {
    const path = pathFor(core, caller, id, window);
    return { id, path: path === '' ? core.unknowns.unresolvedPath : path };
  });

export const tryResolve = (
  core: Core,
  caller: Caller,
  ids: readonly string[],
  window: Window,
): { resolved: Resolved[]; unresolved: string[] } => {
  const all = resolve(core, caller, ids, window);
  const isResolved = ({ path }: Resolved) => path !== null && path !== '';
  return {
    resolved: all.filter(isResolved),
    unresolved: all.filter((entry) => !isResolved(entry)).map(({ id }) => id),
  };
};

/** Look-up without rights: the id of a ref, null when nothing is there. */
export const idOf = (core: Core, ref: Ref, everybody: Caller): string | null => {
  try {
    return String(locate(core, everybody, ref, null).head.id);
  } catch (error) {
    if (error instanceof FsError) return null;
    throw error;
  }
};
