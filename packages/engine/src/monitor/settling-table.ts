/** Parts of the table: one is made anew at a time, so that a million entries never hold up the rest of the program. */
const SHARDS = 256;
const FEWEST_SLOTS = 8;
/** Fuller than this a part is made anew. */
const FULL = 0.7;
const FREE = 0xffff_ffff;
/** Decimal digits that go into `low`. */
const LOW_DIGITS = 9;
const MOST_DIGITS = 20;

interface Shard {
  /** The file id in two parts, exact to 64 bits. */
  readonly high: Float64Array;
  readonly low: Uint32Array;
  readonly label: Uint32Array;
  readonly dueAt: Float64Array;
  used: number;
}

/**
 * Due times by file id and a small number, the label: some 50 bytes an entry, where a Map of objects has 200. An entry is forgotten at the
 * latest when {@link sweep} comes past it behind its due time; until then `update` decides by that.
 */
export class SettlingTable {
  readonly #shards: (Shard | undefined)[] = Array.from({ length: SHARDS });
  #hand = 0;
  #size = 0;
  /** Due by then = forgotten. */
  #past = Number.NEGATIVE_INFINITY;
  // What was read of an id last.
  #high = 0;
  #low = 0;
  #hash = 0;

  /** Entries, those that may be forgotten included. */
  get size(): number {
    return this.#size;
  }

  /** How many entries of each part are due later than that. All of them are looked at: whoever reads it may pause between parts. */
  *laterThan(at: number): Generator<number> {
    for (const shard of this.#shards) {
      if (shard === undefined) continue;
      const { label, dueAt } = shard;
      let count = 0;
      for (let slot = 0; slot < label.length; slot += 1) {
        if (label[slot] !== FREE && (dueAt[slot] ?? 0) > at) count += 1;
      }
      yield count;
    }
  }

  /** False: no id that this table can hold. */
  set(fileId: string, label: number, dueAt: number): boolean {
    if (!this.#read(fileId)) return false;
    const n = this.#hash % SHARDS;
    let shard = this.#shards[n];
    if (shard === undefined || shard.used + 1 > FULL * shard.label.length) shard = this.#renew(n, 1);
    this.#put(shard, label, dueAt);
    return true;
  }

  /** Each entry of a file becomes due when `next` says. False: no id that this table can hold. */
  update(fileId: string, next: (label: number, dueAt: number) => number): boolean {
    if (!this.#read(fileId)) return false;
    const shard = this.#shards[this.#hash % SHARDS];
    if (shard === undefined) return true;
    const { high, low, label, dueAt } = shard;
    const mask = label.length - 1;
    for (let slot = slotOf(this.#hash) & mask; label[slot] !== FREE; slot = (slot + 1) & mask) {
      if (low[slot] === this.#low && high[slot] === this.#high)
        dueAt[slot] = next(label[slot] ?? FREE, dueAt[slot] ?? 0);
    }
    return true;
  }

  /** Forgets what is due by `past` in one part of the table: called again and again it comes past all of them. */
  sweep(past: number): void {
    this.#past = past;
    if (this.#size === 0) return;
    this.#hand = (this.#hand + 1) % SHARDS;
    const shard = this.#shards[this.#hand];
    if (shard === undefined) return;
    const { label, dueAt } = shard;
    let over = 0;
    for (let slot = 0; slot < label.length; slot += 1)
      if (label[slot] !== FREE && (dueAt[slot] ?? 0) <= past) over += 1;
    if (over > shard.used / 4) this.#renew(this.#hand, 0);
  }

  #renew(n: number, more: number): Shard {
    const old = this.#shards[n];
    let kept = 0;
    const keep = (slot: number) => old?.label[slot] !== FREE && (old?.dueAt[slot] ?? 0) > this.#past;
    const slots = old?.label.length ?? 0;
    for (let slot = 0; slot < slots; slot += 1) if (keep(slot)) kept += 1;
    const shard = makeShard(2 * (kept + more));
    const [high, low, hash] = [this.#high, this.#low, this.#hash];
    for (let slot = 0; slot < slots; slot += 1) {
      if (!keep(slot)) continue;
      this.#know(old?.high[slot] ?? 0, old?.low[slot] ?? 0);
      this.#put(shard, old?.label[slot] ?? FREE, old?.dueAt[slot] ?? 0);
    }
    this.#high = high;
    this.#low = low;
    this.#hash = hash;
    this.#size -= old?.used ?? 0;
    // An empty one needs no room.
    this.#shards[n] = kept + more === 0 ? undefined : shard;
    return shard;
  }

  /** What was read last. */
  #put(shard: Shard, put: number, due: number): void {
    const { high, low, label, dueAt } = shard;
    const mask = label.length - 1;
    let slot = slotOf(this.#hash) & mask;
    while (label[slot] !== FREE) {
      if (low[slot] === this.#low && high[slot] === this.#high && label[slot] === put) {
        dueAt[slot] = due;
        return;
      }
      slot = (slot + 1) & mask;
    }
    high[slot] = this.#high;
    low[slot] = this.#low;
    label[slot] = put;
    dueAt[slot] = due;
    shard.used += 1;
    this.#size += 1;
  }

  /** Digits alone, without a zero in front: then the two parts make the id again. */
  #read(fileId: string): boolean {
    const { length } = fileId;
    if (length === 0 || length > MOST_DIGITS || (length > 1 && fileId.startsWith('0'))) return false;
    let high = 0;
    let low = 0;
    for (let n = 0; n < length; n += 1) {
      const digit = fileId.charCodeAt(n) - 48;
      if (digit < 0 || digit > 9) return false;
      if (n < length - LOW_DIGITS) high = high * 10 + digit;
      else low = low * 10 + digit;
    }
    this.#know(high, low);
    return true;
  }

  #know(high: number, low: number): void {
    this.#high = high;
    this.#low = low;
    const mixed = Math.imul(low ^ Math.imul(high >>> 0, 0x9e37_79b1), 0x85eb_ca6b);
    this.#hash = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2_ae35) >>> 0;
  }
}

function makeShard(least: number): Shard {
  const slots = Math.max(FEWEST_SLOTS, 2 ** Math.ceil(Math.log2(Math.max(1, least))));
  return {
    high: new Float64Array(slots),
    low: new Uint32Array(slots),
    label: new Uint32Array(slots).fill(FREE),
    dueAt: new Float64Array(slots),
    used: 0,
  };
}

/** The lowest bits say which part. */
function slotOf(hash: number): number {
  return hash >>> 8;
}
