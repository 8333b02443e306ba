/** Taken in and not yet durable, in batches and in characters of JSON; beyond it the stream is not read. */
const MOST = { batches: 4096, text: 4 * 2 ** 20 };

/** What was taken from a stream and is not durable yet. */
export class Uncommitted {
  readonly #onFailure: () => void;
  #batches = 0;
  #text = 0;
  #failure: { readonly error: unknown } | undefined;

  /** @param onFailure called once, for the first that cannot be made durable */
  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
  }

  /** The first that could not be made durable. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** `settled` resolves, and never rejects, when it is durable or has failed; whoever has filled the room waits for it. */
  add(taken: Promise<void>, text: number): { readonly isFull: boolean; readonly settled: Promise<void> } {
    this.#batches += 1;
    this.#text += text;
    const settled = taken.then(
      () => {
        this.#batches -= 1;
        this.#text -= text;
        return undefined;
      },
      (error: unknown) => {
        if (this.#failure !== undefined) return;
        this.#failure = { error };
        this.#onFailure();
      },
    );
    return { isFull: this.#batches >= MOST.batches || this.#text >= MOST.text, settled };
  }
}
