/**
 * Copy-on-write by epochs.
 *
 * Every snapshot ends an epoch. An object carries the epoch its present state began in (`stamp`) and, while a snapshot needs
 * them, its older states (`prev`, newest first). A state is seen by the snapshots with `stamp <= view < stamp of the next`.
 */
export type Version<T> = { readonly stamp: number; readonly prev: T | undefined };

/** The view of the present. Snapshot views are the epoch that the snapshot ended. */
export const live = Number.MAX_SAFE_INTEGER;

/** The state that a view sees; undefined when the object did not exist. */
export const at = <T extends Version<T>>(newest: T, view: number): T | undefined => {
  let version: T | undefined = newest;
  while (version !== undefined && version.stamp > view) version = version.prev;
  return version;
};
