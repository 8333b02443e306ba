/**
 * The entries of one directory: a hash table whose order is the listing order.
 *
 * Entries lie sorted by (hash, tie) in buckets that cover equal ranges of the hash, so looking up, inserting and going on
 * with a listing from any position cost the same in a directory of ten names and of a million, nothing is ever sorted as a
 * whole, and an entry keeps its place whatever is added or removed around it. Listing order is by hash, not by name (FACTS 3).
 */
/** What the table needs of an entry: its name, the hash of it, and its number among names of equal hash. */
export type Placed = { readonly name: string; readonly hash: number; tie: number };

const hashBits = 31;
const maxPerBucket = 24;
/** Ties per hash that a listing position can tell apart. */
const tieSpan = 1 << 20;

/** FNV-1a over UTF-16 units with a final mix, 31 bits: names that differ in the last digit land far apart. */
export const hashName = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  hash = Math.imul(hash, 0x297a2d39);
  hash ^= hash >>> 15;
  return hash >>> 1;
};

/** Position of an entry in the listing order; goes over the wire as the `after` token. */
export const positionOf = (entry: Placed): number => entry.hash * tieSpan + entry.tie;

export class EntryTable<E extends Placed> {
  #buckets: E[][] = [[]];
  #shift = hashBits;
  #size = 0;

  /** Entries held, those that only snapshots know included. */
  get size(): number {
    return this.#size;
  }

  find(name: string, hash: number): E | undefined {
    const bucket = this.#bucket(hash);
    let index = lowerBound(bucket, hash);
    for (let entry = bucket[index]; entry !== undefined && entry.hash === hash; entry = bucket[index]) {
      if (entry.name === name) return entry;
      index += 1;
    }
    return undefined;
  }

  /** Adds an entry whose name is not there yet. */
  insert(entry: E): void {
    if (this.#size >= this.#buckets.length * maxPerBucket && this.#shift > 0) this.#split();
    const bucket = this.#bucket(entry.hash);
    let index = lowerBound(bucket, entry.hash);
    for (let other = bucket[index]; other !== undefined && other.hash === entry.hash; other = bucket[index]) {
      entry.tie = other.tie + 1;
      index += 1;
    }
    if (index === bucket.length) bucket.push(entry);
    else bucket.splice(index, 0, entry);
    this.#size += 1;
  }

  remove(entry: E): void {
    const bucket = this.#bucket(entry.hash);
    const index = bucket.indexOf(entry, lowerBound(bucket, entry.hash));
    if (index < 0) return;
    bucket.splice(index, 1);
    this.#size -= 1;
  }

  /** Entries behind a position, in order; -1 starts at the beginning. Removing the entry just handed out is fine. */
  *after(position: number): Generator<E, void, undefined> {
    const hash = position < 0 ? 0 : Math.floor(position / tieSpan);
    const tie = position < 0 ? -1 : position % tieSpan;
    if (hash >= 2 ** hashBits) return;
    let bucketIndex = this.#shift === hashBits ? 0 : hash >>> this.#shift;
    for (let bucket = this.#buckets[bucketIndex]; bucket !== undefined; bucket = this.#buckets[(bucketIndex += 1)]) {
      for (const entry of bucket.slice()) {
        if (entry.hash > hash || (entry.hash === hash && entry.tie > tie)) yield entry;
      }
    }
  }

  #bucket(hash: number): E[] {
    const bucket = this.#buckets[this.#shift === hashBits ? 0 : hash >>> this.#shift];
    if (bucket === undefined) throw new RangeError(`no bucket for hash ${hash}`);
    return bucket;
  }

  /** Halves the range of every bucket; sorted buckets split by a cut. */
  #split(): void {
    this.#shift -= 1;
    const shift = this.#shift;
    const next: E[][] = [];
    for (let i = 0; i < this.#buckets.length; i += 1) {
      const bucket = this.#buckets[i] ?? [];
      const border = (2 * i + 1) * 2 ** shift;
      const cut = lowerBound(bucket, border);
      next.push(bucket.slice(0, cut), bucket.slice(cut));
    }
    this.#buckets = next;
  }
}

/** Index of the first entry whose hash is not below `hash`. */
const lowerBound = (bucket: readonly Placed[], hash: number): number => {
  let low = 0;
  let high = bucket.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = bucket[middle];
    if (entry !== undefined && entry.hash < hash) low = middle + 1;
    else high = middle;
  }
  return low;
};
