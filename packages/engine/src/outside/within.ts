import type { Clock } from '@qwarden/qumulo-client';
import { OutsideError } from '../actions/port.ts';

/**
 * The outcome of `work`, or an error as soon as its time is up or the caller gives up. The signal that `work` gets tells it so; what it still
 * does afterwards holds nobody up.
 */
export async function within<T>(
  limit: { readonly clock: Clock; readonly ms: number; readonly signal: AbortSignal; readonly late: string },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, ms, signal, late } = limit;
  const cut = new AbortController();
  const over = new AbortController();
  const cutShort = new Promise<never>((_resolve, reject) => {
    const give = (message: string) => {
      const error = new OutsideError(message, { transient: true });
      reject(error);
      cut.abort(error);
    };
    const givenUp = () => give('given up because the program stops');
    if (signal.aborted) givenUp();
    else signal.addEventListener('abort', givenUp, { once: true, signal: over.signal });
    clock.sleep(ms, over.signal).then(
      () => give(late),
      () => undefined,
    );
  });
  try {
    return await Promise.race([cutShort, signal.aborted ? cutShort : work(cut.signal)]);
  } finally {
    over.abort();
  }
}
