/** Running sums over directory trees: what aggregates and quotas read. */

/** Sums over a subtree, the directory itself included. Present state only; snapshots are summed by walking. */
export class Sums {
  dataBlocks = 0;
  metaBlocks = 0;
  streamBlocks = 0;
  files = 0;
  directories = 0;
  symlinks = 0;
  others = 0;
  streams = 0;

  add(other: Readonly<Sums>, sign: 1 | -1): void {
    this.dataBlocks += sign * other.dataBlocks;
    this.metaBlocks += sign * other.metaBlocks;
    this.streamBlocks += sign * other.streamBlocks;
    this.files += sign * other.files;
    this.directories += sign * other.directories;
    this.symlinks += sign * other.symlinks;
    this.others += sign * other.others;
    this.streams += sign * other.streams;
  }

  get blocks(): number {
    return this.dataBlocks + this.metaBlocks + this.streamBlocks;
  }
}
