const lineFeed = 0x0a;

/**
 * Bytes in, whole lines out, however the bytes were cut. Ends of line are LF or CRLF; a byte-order mark at the very
 * beginning is dropped. Cuts are only ever made at LF, a byte that occurs in no other UTF-8 character, so each piece
 * is decoded once and whole. Bytes that are no UTF-8 become U+FFFD.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** Strips the mark from the start of the stream only, not from the start of each piece. */
  readonly #decoder = new TextDecoder('utf-8');
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Bytes of the line that has begun and not ended. */
  get pendingBytes(): number {
    return this.#partBytes;
  }

  /** The lines that end in this chunk. @throws RangeError when a line is longer than allowed. */
  push(chunk: Uint8Array): string[] {
    const end = chunk.lastIndexOf(lineFeed);
    if (end === -1) {
      this.#keep(chunk);
      return [];
    }
    const complete = this.#join(chunk.subarray(0, end));
    this.#keep(chunk.subarray(end + 1));
    const lines = this.#decoder.decode(complete, { stream: true }).split('\n');
    // The line feed after the last line stays away from the decoder: it would come back as an empty line.
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i] ?? '';
      if (line.length > this.#maxLineBytes) this.#tooLong();
      if (line.endsWith('\r')) lines[i] = line.slice(0, -1);
    }
    return lines;
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

  #tooLong(): never {
    throw new RangeError(`a line is longer than ${this.#maxLineBytes} bytes`);
  }
}
