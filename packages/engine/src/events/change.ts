import type { ChangeType } from './kinds.ts';

/** One change as rules see it: an event of the cluster, or both halves of a rename joined. */
export interface Change {
  /** Where it stands in the log: `"<batch>.<n>"`, unique. */
  readonly id: string;
  /** One of the cluster's 24 types, or `child_file_renamed` / `child_dir_renamed`: both halves of a rename joined. */
  readonly type: ChangeType;
  readonly fileId: string;
  /** Absolute, never a slash at the end (but "/" itself). */
  readonly path: string;
  /** Old path of a rename, absolute; null otherwise. */
  readonly movedFrom: string | null;
  /** By the type of the event; a file may still be a symlink or a special file. */
  readonly kind: 'file' | 'directory' | 'unknown';
  /** Named stream; null = the default stream. */
  readonly stream: string | null;
  /** When it was received, ms since the epoch. */
  readonly at: number;
  /** 0 = a change of others; n = caused by an action of ours whose own trigger had n-1 (loop guard). */
  readonly lineage: number;
  /** How it became known, when not by the stream: found by a catch-up or a walk, or told by ourselves. */
  readonly found?: 'catch-up' | 'walk' | 'injected' | undefined;
  /** Rules of ours whose effects led to it, oldest first; as many as `lineage` says. */
  readonly causes?: readonly string[] | undefined;
  /** The cluster refused to tell of this one file what a rule asks for: the job looks again before it does anything. */
  readonly undecided?: true | undefined;
  /** Where a name came or went, for the inventory. Only while it is decided about: jobs and traces do not keep it. */
  readonly place?: Place | undefined;
}

/** The watched directory itself, as the parent of a name, when the cluster gives no id for it. */
export const WATCHED = '.';

/** What the inventory must know of a change of a name, beside the change itself. */
export interface Place {
  /** Id of the directory that has the name, or had it; {@link WATCHED}; `""` when nobody says. */
  readonly parentId: string;
  /** The same of the old name of a rename. */
  readonly fromParentId?: string | undefined;
  /** Of a rename: the id of the half that does not give it its own. */
  readonly halfId?: string | undefined;
  /** Of the stream that told it, or during which it was found. */
  readonly epoch: number;
  /** What found it without the stream; null: the stream has told it. */
  readonly foundBy: 'catch-up' | 'walk' | null;
}

/** As jobs and traces keep it. */
export function withoutPlace(change: Change): Change {
  return change.place === undefined ? change : { ...change, place: undefined };
}
