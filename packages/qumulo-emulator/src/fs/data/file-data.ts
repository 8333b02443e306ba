/**
 * The bytes of one stream: sparse, in chunks of 64 KiB, copy-on-write. A hole costs nothing.
 *
 * Whether a block of 4,096 bytes is allocated follows from what was written and punched, so a copy that keeps holes has the
 * same block counts as its original (FACTS 4).
 */
export const blockSize = 4096;
export const chunkSize = 65_536;
const allBlocks = 0xffff;

/** `bytes` may be shorter than the chunk; what is missing, and what lies past the end of the file, is zero. */
type Chunk = { readonly bytes: Buffer; readonly mask: number; readonly owner: number };

let nextOwner = 1;

const popcount = (mask: number): number => {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
};

/** Bits of the blocks that [from, to) of a chunk touches. */
const maskOf = (from: number, to: number): number => {
  const first = Math.floor(from / blockSize);
  const last = Math.ceil(to / blockSize);
  return ((1 << last) - 1) & ~((1 << first) - 1) & allBlocks;
};

/** Bits of the blocks that [from, to) of a chunk covers wholly. */
const maskWithin = (from: number, to: number): number => {
  const first = Math.ceil(from / blockSize);
  const last = Math.floor(to / blockSize);
  return last > first ? ((1 << last) - 1) & ~((1 << first) - 1) & allBlocks : 0;
};

const zeros = Buffer.alloc(chunkSize);

export class FileData {
  size = 0;
  /** Allocated blocks. */
  blocks = 0;
  #first: Chunk | undefined = undefined;
  #rest: Map<number, Chunk> | undefined = undefined;
  #owner = 0;
  #shared = false;

  /** Says that another holder keeps the present bytes; the next writer must `fork` first. */
  share(): void {
    this.#shared = true;
  }

  /** This, or a copy that shares all chunks when somebody else holds the present bytes. */
  writable(): FileData {
    if (!this.#shared) return this;
    const copy = new FileData();
    copy.size = this.size;
    copy.blocks = this.blocks;
    copy.#first = this.#first;
    copy.#rest = this.#rest === undefined ? undefined : new Map(this.#rest);
    return copy;
  }

  /** Bytes of [offset, offset + length) within the file, as a copy. */
  read(offset: number, length: number): Buffer {
    const end = Math.min(this.size, offset + length);
    if (end <= offset) return Buffer.alloc(0);
    const out = Buffer.alloc(end - offset);
    let position = offset;
    while (position < end) {
      const index = Math.floor(position / chunkSize);
      const inside = position - index * chunkSize;
      const take = Math.min(chunkSize - inside, end - position);
      this.#chunk(index)?.bytes.copy(out, position - offset, inside, inside + take);
      position += take;
    }
    return out;
  }

  /** Writes the pieces one after another from `offset` on; a gap behind the old end reads as zeros. */
  write(offset: number, pieces: readonly Uint8Array[]): void {
    let position = offset;
    for (const piece of pieces) {
      let taken = 0;
      while (taken < piece.length) {
        const index = Math.floor(position / chunkSize);
        const inside = position - index * chunkSize;
        const take = Math.min(chunkSize - inside, piece.length - taken);
        this.#store(index, inside, piece, taken, take);
        position += take;
        taken += take;
      }
    }
    if (position > this.size) this.size = position;
  }

  resize(size: number): void {
    if (size < this.size) this.#clear(size, this.size, true);
    this.size = size;
  }

  /** Frees [offset, offset + length); the size stays. */
  punch(offset: number, length: number): void {
    this.#clear(offset, Math.min(this.size, offset + length), false);
  }

  /** Makes [targetOffset, +length) equal to `source` from `sourceOffset` on, holes as holes. Both must differ. */
  copyFrom(source: FileData, sourceOffset: number, targetOffset: number, length: number): void {
    if (sourceOffset === targetOffset && sourceOffset % chunkSize === 0) {
      this.#adopt(source, sourceOffset, length);
    } else {
      for (const region of source.regions(sourceOffset, sourceOffset + length)) {
        const target = targetOffset + region.offset - sourceOffset;
        if (region.data) this.write(target, [source.read(region.offset, region.length)]);
        else this.punch(target, region.length);
      }
    }
    this.size = Math.max(this.size, targetOffset + length);
  }

  /** Allocated and free stretches of [from, to), in order, cut at the end of the file. */
  *regions(from: number, to: number): Generator<{ offset: number; length: number; data: boolean }, void, undefined> {
    const end = Math.min(to, this.size);
    if (end <= from) return;
    const indexes = this.#indexes().filter((index) => (index + 1) * chunkSize > from && index * chunkSize < end);
    indexes.sort((a, b) => a - b);
    let start = from;
    let data = false;
    for (const index of indexes) {
      const mask = this.#chunk(index)?.mask ?? 0;
      for (let block = 0; block <= chunkSize / blockSize; block += 1) {
        // One step past the chunk: what follows is a hole unless the next chunk says otherwise.
        const position = Math.max(from, index * chunkSize + block * blockSize);
        if (position >= end) break;
        const here = block < chunkSize / blockSize && ((mask >> block) & 1) === 1;
        if (block === chunkSize / blockSize && this.#chunk(index + 1) !== undefined) break;
        if (index * chunkSize + (block + 1) * blockSize <= from || here === data) continue;
        if (position > start) yield { offset: start, length: position - start, data };
        start = position;
        data = here;
      }
    }
    yield { offset: start, length: end - start, data };
  }

  /** Offsets of the blocks in which two versions of a file may differ, ascending; shared chunks are passed over. */
  *changedBlocks(older: FileData): Generator<number, void, undefined> {
    const indexes = new Set<number>([...this.#indexes(), ...older.#indexes()]);
    for (const index of [...indexes].sort((a, b) => a - b)) {
      const mine = this.#chunk(index);
      const theirs = older.#chunk(index);
      if (mine === theirs) continue;
      for (let block = 0; block < chunkSize / blockSize; block += 1) {
        const offset = index * chunkSize + block * blockSize;
        if (offset >= Math.max(this.size, older.size)) break;
        const allocationDiffers = (((mine?.mask ?? 0) ^ (theirs?.mask ?? 0)) >> block) & 1;
        if (allocationDiffers === 1 || !sameBlock(mine, theirs, block)) yield offset;
      }
    }
  }

  /** Is the block at `offset` allocated? */
  isAllocated(offset: number): boolean {
    const index = Math.floor(offset / chunkSize);
    const block = Math.floor((offset - index * chunkSize) / blockSize);
    return (((this.#chunk(index)?.mask ?? 0) >> block) & 1) === 1;
  }

  #chunk(index: number): Chunk | undefined {
    return index === 0 ? this.#first : this.#rest?.get(index);
  }

  #indexes(): number[] {
    const indexes = this.#rest === undefined ? [] : [...this.#rest.keys()];
    if (this.#first !== undefined) indexes.push(0);
    return indexes;
  }

  #set(index: number, chunk: Chunk | undefined): void {
    this.blocks += popcount(chunk?.mask ?? 0) - popcount(this.#chunk(index)?.mask ?? 0);
    if (index === 0) this.#first = chunk;
    else if (chunk === undefined) this.#rest?.delete(index);
    else {
      this.#rest ??= new Map();
      this.#rest.set(index, chunk);
    }
  }

  #me(): number {
    if (this.#owner === 0) this.#owner = nextOwner++;
    return this.#owner;
  }

  /** A buffer of this chunk, at least `need` long, that only this file holds. */
  #own(chunk: Chunk | undefined, need: number): Buffer {
    if (chunk === undefined) {
      const bytes = Buffer.allocUnsafe(need);
      bytes.fill(0);
      return bytes;
    }
    if (chunk.owner === this.#me() && chunk.bytes.length >= need) return chunk.bytes;
    const length =
      chunk.bytes.length >= need ? chunk.bytes.length : Math.min(chunkSize, Math.max(need, chunk.bytes.length * 2));
    const bytes = Buffer.allocUnsafe(length);
    chunk.bytes.copy(bytes);
    bytes.fill(0, chunk.bytes.length);
    return bytes;
  }

  #store(index: number, inside: number, piece: Uint8Array, from: number, length: number): void {
    const chunk = this.#chunk(index);
    const bytes = this.#own(chunk, inside + length);
    bytes.set(from === 0 && length === piece.length ? piece : piece.subarray(from, from + length), inside);
    this.#set(index, { bytes, mask: (chunk?.mask ?? 0) | maskOf(inside, inside + length), owner: this.#me() });
  }

  /** Zeroes and frees [from, to); with `toEnd` the block in which `from` lies keeps its allocation only if data is left in it. */
  #clear(from: number, to: number, toEnd: boolean): void {
    if (to <= from) return;
    for (const index of this.#indexes()) {
      const start = index * chunkSize;
      if (start >= to || start + chunkSize <= from) continue;
      const chunk = this.#chunk(index);
      if (chunk === undefined) continue;
      const a = Math.max(0, from - start);
      const b = Math.min(chunkSize, to - start);
      const freed = maskWithin(a, toEnd || to >= this.size ? Math.ceil(b / blockSize) * blockSize : b);
      const mask = chunk.mask & ~freed;
      if (mask === 0) {
        this.#set(index, undefined);
        continue;
      }
      if (toEnd && start + chunkSize > from) {
        const bytes = Buffer.allocUnsafe(Math.min(a, chunk.bytes.length));
        chunk.bytes.copy(bytes, 0, 0, bytes.length);
        this.#set(index, { bytes, mask, owner: this.#me() });
        continue;
      }
      const bytes = this.#own(chunk, chunk.bytes.length);
      if (a < bytes.length) bytes.fill(0, a, Math.min(b, bytes.length));
      this.#set(index, { bytes, mask, owner: this.#me() });
    }
  }

  /** Takes whole chunks over from another file without copying bytes. `offset` is a multiple of the chunk size. */
  #adopt(source: FileData, offset: number, length: number): void {
    const end = offset + length;
    const firstIndex = offset / chunkSize;
    for (const index of new Set([...this.#indexes(), ...source.#indexes()])) {
      const start = index * chunkSize;
      if (index < firstIndex || start >= end) continue;
      const whole = start + chunkSize <= end || (end >= source.size && end >= this.size);
      const chunk = source.#chunk(index);
      if (whole) this.#set(index, chunk === undefined ? undefined : { ...chunk, owner: 0 });
      else {
        for (const region of source.regions(start, end)) {
          if (region.data) this.write(region.offset, [source.read(region.offset, region.length)]);
          else this.punch(region.offset, region.length);
        }
        if (start >= source.size) this.punch(start, end - start);
      }
    }
    source.share();
  }
}

const blockOf = (chunk: Chunk | undefined, block: number): Buffer => {
  const from = block * blockSize;
  if (chunk === undefined || chunk.bytes.length <= from) return zeros.subarray(0, blockSize);
  const bytes = chunk.bytes.subarray(from, from + blockSize);
  return bytes.length === blockSize ? bytes : Buffer.concat([bytes, zeros.subarray(0, blockSize - bytes.length)]);
};

const sameBlock = (a: Chunk | undefined, b: Chunk | undefined, block: number): boolean =>
  blockOf(a, block).equals(blockOf(b, block));
