/**
 * Which objects and names changed in which epoch, so that comparing two snapshots costs what changed and deleting one frees
 * what only it needed. Kept only while a snapshot lives.
 */
import type { Entry, Inode } from './inode.ts';

export type EpochChanges = { readonly inodes: Set<Inode>; readonly entries: Set<Entry> };

export class ChangeLog {
  readonly #epochs = new Map<number, EpochChanges>();

  noteInode(epoch: number, inode: Inode): void {
    this.#of(epoch).inodes.add(inode);
  }

  noteEntry(epoch: number, entry: Entry): void {
    this.#of(epoch).entries.add(entry);
  }

  /** For a name that came and went within one epoch. */
  forgetEntry(epoch: number, entry: Entry): void {
    this.#epochs.get(epoch)?.entries.delete(entry);
  }

  /** Changes of the epochs in (after, upTo]. */
  *between(after: number, upTo: number): Generator<EpochChanges, void, undefined> {
    for (let epoch = after + 1; epoch <= upTo; epoch += 1) {
      const changes = this.#epochs.get(epoch);
      if (changes !== undefined) yield changes;
    }
  }

  /** Forgets the epochs up to and including `epoch`. */
  dropUpTo(epoch: number): void {
    for (const key of this.#epochs.keys()) if (key <= epoch) this.#epochs.delete(key);
  }

  /** Objects and names noted. */
  get size(): number {
    let size = 0;
    for (const changes of this.#epochs.values()) size += changes.inodes.size + changes.entries.size;
    return size;
  }

  #of(epoch: number): EpochChanges {
    let changes = this.#epochs.get(epoch);
    if (changes === undefined) {
      changes = { inodes: new Set(), entries: new Set() };
      this.#epochs.set(epoch, changes);
    }
    return changes;
  }
}
