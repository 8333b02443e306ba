const lineFeed = 0x0a;
const byteOrderMark = '\ufeff';

/**
 * Bytes in, whole lines out, however the bytes were cut. A byte-order mark at the very beginning is dropped. Cuts are only ever made at LF, a
 * byte that occurs in no other UTF-8 character, so each piece is decoded once and whole. Bytes that are no UTF-8 become U+FFFD.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #isFirst = true;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Bytes of the line that has begun and not ended. */
  get pendingBytes(): number {
    return this.#partBytes;
  }

  /** The lines that end in this chunk, each with its line feed; empty when none does. @throws RangeError when a line is longer than allowed. */
  push(chunk: Uint8Array): string {
    const end = chunk.lastIndexOf(lineFeed);
    if (end === -1) {
      this.#keep(chunk);
      return '';
    }
    const complete = this.#join(chunk.subarray(0, end + 1));
    this.#keep(chunk.subarray(end + 1));
    if (complete.length > this.#maxLineBytes) this.#checkLengths(complete);
    // The same as a TextDecoder gives, without one that remembers: nothing of a line may wait for the next.
    const text = Buffer.from(complete.buffer, complete.byteOffset, complete.length).toString('utf8');
    if (!this.#isFirst) return text;
    this.#isFirst = false;
    return text.startsWith(byteOrderMark) ? text.slice(1) : text;
  }

  #keep(rest: Uint8Array): void {
    if (rest.length === 0) return;
    this.#parts.push(rest);
    this.#partBytes += rest.length;
    if (this.#partBytes > this.#maxLineBytes) this.#tooLong();
  }

  #join(last: Uint8Array): Uint8Array {
    if (this.#parts.length === 0) return last;
    const whole = Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#partBytes = 0;
    return whole;
  }

  #checkLengths(complete: Uint8Array): void {
    for (let from = 0; from < complete.length; ) {
      const end = complete.indexOf(lineFeed, from);
      if (end - from > this.#maxLineBytes) this.#tooLong();
      from = end + 1;
    }
  }

  #tooLong(): never {
    throw new RangeError(`a line is longer than ${this.#maxLineBytes} bytes`);
  }
}
