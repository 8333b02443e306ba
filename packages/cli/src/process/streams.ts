import { errnoOf } from '../errors/errno.ts';

/**
 * A reader that goes away (`qwarden … | head`) is not an error: what is written afterwards is dropped, and the work goes on.
 * Commands that only print can end early: see `onReaderGone`.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      // EIO: the terminal was closed.
      if (errnoOf(error) !== 'EPIPE' && errnoOf(error) !== 'EIO') throw error;
      gone.add(stream);
      if (stream === process.stdout) for (const listener of listeners) listener();
    });
  }
}

const gone = new Set<NodeJS.WriteStream>();
const listeners = new Set<() => void>();

/** Calls the listener when nobody reads stdout any more. */
export function onReaderGone(listener: () => void): void {
  listeners.add(listener);
}

/** Writes unless the reader is gone. Returns false when the caller should wait for `drain`. */
export function writeTo(stream: NodeJS.WriteStream, text: string): boolean {
  return gone.has(stream) || stream.destroyed ? true : stream.write(text);
}
