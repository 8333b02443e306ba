/** Written at once when so much has gathered, in UTF-16 units. */
const MOST = 65_536;

export interface Gathered {
  write(text: string): void;
  /** Writes what has gathered, now. */
  flush(): void;
}

/**
 * Gathers what is written in one turn of the event loop into one write: thousands of lines a second, each a system call of its own, cost
 * more than making them. Nothing stays behind when the process exits.
 */
export function gathered(write: (text: string) => void): Gathered {
  let waiting = '';
  let scheduled: NodeJS.Immediate | undefined;
  const flush = () => {
    clearImmediate(scheduled);
    scheduled = undefined;
    process.off('exit', flush);
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  };
  return {
    write(text) {
      waiting += text;
      if (scheduled === undefined) {
        scheduled = setImmediate(flush);
        process.once('exit', flush);
      }
      if (waiting.length >= MOST) flush();
    },
    flush,
  };
}
