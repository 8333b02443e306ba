/** Quotas: limits on what a directory and everything below it may take up. By directory id only (FACTS 14). */
import type { Page, PageOptions, Quota, QuotaStatus } from './types.ts';
import { blockBytes, type Core, stateOf } from './core.ts';
import { noSuchInode, notADirectory, quotaExceeded, quotaExists, quotaNotFound } from './errors.ts';
import { type Inode, kindDirectory } from './inode.ts';
import { pathOf } from './lookup.ts';
import { parseSize } from './numbers.ts';
import { live } from './version.ts';

/**
 * Refuses growth below a directory whose quota would be passed; shrinking and staying are always fine (FACTS 12).
 * @throws FsError
 */
export const demandRoom = (core: Core, directory: Inode | undefined, blocks: number, except?: Set<number>): void => {
  if (core.quotas.size === 0 || blocks <= 0) return;
  for (let up = directory; up !== undefined; up = up.entry?.directory) {
    const limit = core.quotas.get(up.id);
    if (limit === undefined || except?.has(up.id) === true) continue;
    if ((stateOf(up).sums.blocks + blocks) * blockBytes > limit) {
      throw quotaExceeded(core.unknowns.quotaExceededError, pathOf(up, live));
    }
  }
};

const directoryOf = (core: Core, id: string): Inode => {
  const inode = /^\d{1,16}$/.test(id) ? core.inodes.get(Number(id)) : undefined;
  if (inode === undefined || !inode.alive) throw noSuchInode(id);
  if (inode.kind !== kindDirectory) throw notADirectory(id);
  return inode;
};

const limitOf = (core: Core, id: string): { inode: Inode; limit: number } => {
  const inode = directoryOf(core, id);
  const limit = core.quotas.get(inode.id);
  if (limit === undefined) throw quotaNotFound(id);
  return { inode, limit };
};

const statusOf = (inode: Inode, limit: number): QuotaStatus => ({
  id: String(inode.id),
  path: pathOf(inode, live),
  limit: String(limit),
  capacity_usage: String(stateOf(inode).sums.blocks * blockBytes),
});

const page = <T>(core: Core, options: PageOptions | undefined, render: (id: number, limit: number) => T): Page<T> => {
  const after = Number(options?.after ?? 0);
  const limit = Math.max(1, options?.limit ?? core.unknowns.listDefaultLimit);
  const ids = [...core.quotas.keys()].filter((id) => id > after).sort((a, b) => a - b);
  const shown = ids.slice(0, limit);
  return {
    entries: shown.map((id) => render(id, core.quotas.get(id) ?? 0)),
    next: ids.length > shown.length ? String(shown.at(-1)) : null,
  };
};

export const quotasOf = (core: Core) => ({
  list: (options?: PageOptions): Page<Quota> =>
    page(core, options, (id, limit) => ({ id: String(id), limit: String(limit) })),
  listStatus: (options?: PageOptions): Page<QuotaStatus> =>
    page(core, options, (id, limit) => statusOf(directoryOf(core, String(id)), limit)),
  get: (id: string): Quota => ({ id, limit: String(limitOf(core, id).limit) }),
  getStatus: (id: string): QuotaStatus => {
    const { inode, limit } = limitOf(core, id);
    return statusOf(inode, limit);
  },
  create: (id: string, limit: string): Quota => {
    const inode = directoryOf(core, id);
    if (core.quotas.has(inode.id)) throw quotaExists(id);
    core.quotas.set(inode.id, parseSize(limit, 'limit'));
    return { id, limit };
  },
  update: (id: string, limit: string): Quota => {
    const { inode } = limitOf(core, id);
    core.quotas.set(inode.id, parseSize(limit, 'limit'));
    return { id, limit };
  },
  remove: (id: string): void => {
    core.quotas.delete(limitOf(core, id).inode.id);
  },
});
