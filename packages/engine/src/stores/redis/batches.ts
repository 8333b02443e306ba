/** Items that go with one call at most. */
const MOST = 256;

interface Waiting {
  readonly item: readonly string[];
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One call to a partition at a time, with all that has come meanwhile: one fsync of Redis for many (it syncs after each 16 kB that it has read,
 * unless these end in the middle of a call).
 */
export class Batches {
  readonly #send: (partition: number, items: readonly (readonly string[])[]) => Promise<readonly unknown[]>;
  readonly #waiting = new Map<number, Waiting[]>();

  /** `send` gives an answer for each item. */
  constructor(send: (partition: number, items: readonly (readonly string[])[]) => Promise<readonly unknown[]>) {
    this.#send = send;
  }

  add(partition: number, item: readonly string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(partition);
      if (waiting !== undefined) {
        waiting.push({ item, resolve, reject });
        return;
      }
      const first = [{ item, resolve, reject }];
      this.#waiting.set(partition, first);
      // Not before the end of the turn: others may come in it.
      setImmediate(() => void this.#pump(partition, first));
    });
  }

  /** Never rejects: each item is told. */
  async #pump(partition: number, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, MOST);
      try {
        const answers = await this.#send(
          partition,
          group.map(({ item }) => item),
        );
        for (const [n, { resolve }] of group.entries()) resolve(answers[n]);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#waiting.delete(partition);
  }
}
