/** Opening a watch: who may, in which mode, for which types (FACTS 6.1). */
import { demand } from '../acl/access.ts';
import { READ } from '../acl/rights.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { badNotifyFilter, notADirectory, watchForbidden, recursiveNotifyDisabled } from '../errors.ts';
import { kindDirectory } from '../inode.ts';
import { locate } from '../lookup.ts';
import type { WatchRegistry } from './registry.ts';
import type { WatchHandle, WatchOptions, WatchSink } from './types.ts';
import { everyType, typeBit, type Watcher } from './watcher.ts';

const maskOf = (filter: readonly string[] | undefined): number => {
  if (filter === undefined || filter.length === 0) return everyType;
  let mask = 0;
  for (const name of filter) {
    const bit = typeBit(name);
    if (bit === 0) throw badNotifyFilter(name);
    mask |= bit;
  }
  return mask;
};

/** @throws FsError missing object, not a directory, no right, recursive mode off, unknown filter name */
export const openWatch = (
  core: Core,
  registry: WatchRegistry,
  caller: Caller,
  ref: Ref,
  options: WatchOptions,
  sink: WatchSink,
): WatchHandle => {
  const mask = maskOf(options.filter);
  const { head, node } = locate(core, caller, ref, null);
  if (node.kind !== kindDirectory && core.unknowns.watchOnFile === 'refuse') throw notADirectory(ref);
  if (options.recursive) {
    if (!caller.privileges.has(core.unknowns.recursiveWatchPrivilege)) {
      throw watchForbidden(core.unknowns.recursiveWatchPrivilege);
    }
    if (core.settings.notifyMode === 'DISABLED_ERROR') {
      throw recursiveNotifyDisabled(core.unknowns.recursiveDisabledError);
    }
  } else {
    demand(caller, node, READ);
  }
  const recursive = options.recursive && core.settings.notifyMode === 'ENABLED';
  return handleOf(registry, registry.add(head.id, recursive, mask, sink));
};

export const handleOf = (registry: WatchRegistry, watcher: Watcher): WatchHandle => ({
  id: watcher.id,
  get queued() {
    return watcher.queued;
  },
  resume: () => watcher.resume(),
  close: () => watcher.close(),
  overflow: () => registry.overflow(watcher),
});
