import type { DatabaseSync } from 'node:sqlite';
import { Checkpointer } from './checkpointer.ts';
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
  const background = options.syncInBackground === false || path === '' ? undefined : inBackground(db, path);
  const group = new GroupCommit(db, path, { waitMs: options.groupWaitMs, sync: background?.sync });
  return {
    group,
    close() {
      group.close();
      background?.close();
      if (db.isOpen) db.close();
    },
  };
}

/** From here on commits only write the log; `sync` makes them durable, and has the log copied into the database when it is long. */
function inBackground(
  db: DatabaseSync,
  path: string,
): { readonly sync: () => Promise<void>; readonly close: () => void } {
  const wal = new WalSync(path);
  db.exec('PRAGMA synchronous = NORMAL');
  const checkpointer = new Checkpointer(db, path);
  return {
    sync() {
      const synced = wal.sync();
      checkpointer.committed();
      return synced;
    },
    close() {
      wal.close();
      checkpointer.close();
    },
  };
}
