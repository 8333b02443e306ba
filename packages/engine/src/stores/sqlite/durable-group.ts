import type { DatabaseSync } from 'node:sqlite';
import { GroupCommit } from './group-commit.ts';
import { WalSync } from './wal-sync.ts';

export interface DurableGroupOptions {
  /** How long a work that is not urgent waits for company in its commit; default a few ms. */
  readonly groupWaitMs?: number | undefined;
  /** False: each commit is synced before it returns. Tests that count turns of the event loop want that; default true. */
  readonly syncInBackground?: boolean | undefined;
}

/** The group commit of a state file that was just opened for writing; `close` closes the file too. */
export function durableGroup(
  db: DatabaseSync,
  path: string,
  options: DurableGroupOptions,
): { readonly group: GroupCommit; readonly close: () => void } {
  const wal = options.syncInBackground === false || path === '' ? undefined : syncedInBackground(db, path);
  const group = new GroupCommit(db, path, { waitMs: options.groupWaitMs, sync: wal && (() => wal.sync()) });
  return {
    group,
    close() {
      group.close();
      wal?.close();
      if (db.isOpen) db.close();
    },
  };
}

/** From here on commits only write the log, and `WalSync` makes them durable. */
function syncedInBackground(db: DatabaseSync, path: string): WalSync {
  const wal = new WalSync(path);
  db.exec('PRAGMA synchronous = NORMAL');
  return wal;
}
