import type { BaselineEntry, Cursor, Inventory, InventoryStore } from './port.ts';
import { absolutePath } from './found.ts';

/** The inventory as others may see it. `root`: absolute path of the watched directory, as now known. */
export function viewOf(store: InventoryStore, root: () => string): Inventory {
  return {
    async *baseline(): AsyncGenerator<BaselineEntry> {
      for (let after: Cursor | undefined; ; ) {
        const { entries, next } = store.baseline(after);
        for (const entry of entries) {
          const path = store.pathOf(entry);
          if (path === undefined) continue;
          const { fileId, directory, createdMs } = entry;
          const creationTime = createdMs === null ? null : new Date(createdMs).toISOString();
          yield { fileId, path: absolutePath(root(), path), directory, creationTime };
        }
        if (next === undefined) return;
        after = next;
      }
    },
    isBaseline: (fileId) => store.names(fileId).some(({ standing }) => standing === 'baseline'),
  };
}
