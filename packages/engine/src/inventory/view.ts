import type { BaselineEntry, Cursor, Inventory, InventoryEntry, InventoryStore } from './port.ts';
import { absolutePath } from './found.ts';

/** The inventory as others may see it. `root`: absolute path of the watched directory, as now known. */
export function viewOf(store: InventoryStore, root: () => string): Inventory {
  const toEntry = (entry: InventoryEntry): BaselineEntry | undefined => {
    const path = store.pathOf(entry);
    if (path === undefined) return undefined;
    const { fileId, directory, createdMs } = entry;
    const creationTime = createdMs === null ? null : new Date(createdMs).toISOString();
    return { fileId, path: absolutePath(root(), path), directory, creationTime };
  };
  return {
    async *baseline(): AsyncGenerator<BaselineEntry> {
      for (let after: Cursor | undefined; ; ) {
        const { entries, next } = store.baseline(after);
        for (const entry of entries) {
          const told = toEntry(entry);
          if (told !== undefined) yield told;
        }
        if (next === undefined) return;
        after = next;
      }
    },
    baselineOf(fileId) {
      const names = store.names(fileId);
      // By whatever name it came since: then it is not one of those any more.
      const [first] = names.every(({ standing }) => standing === 'baseline') ? names : [];
      return first === undefined ? undefined : toEntry(first);
    },
  };
}
