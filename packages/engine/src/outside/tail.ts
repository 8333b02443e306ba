/** Keeps the last bytes of a stream. */
export class Tail {
  readonly #most: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #dropped = false;

  constructor(most: number) {
    this.#most = most;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      const first = this.#chunks[0];
      if (first === undefined || this.#size - first.length < this.#most) return;
      this.#chunks.shift();
      this.#dropped = true;
      this.#size -= first.length;
    }
  }

  text(): string {
    const all = Buffer.concat(this.#chunks);
    let start = Math.max(0, all.length - this.#most);
    // A cut may have gone through a character: its remaining bytes are left out too.
    if (this.#dropped || start > 0) while (start < all.length && ((all[start] ?? 0) & 0xc0) === 0x80) start += 1;
    return all.subarray(start).toString('utf8');
  }
}
