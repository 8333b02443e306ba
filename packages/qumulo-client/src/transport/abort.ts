import { QumuloConnectionError } from '../errors/connection-error.ts';

export function abortedError(signal: AbortSignal | undefined): QumuloConnectionError {
  return new QumuloConnectionError({
    kind: 'aborted',
    message: 'The call was given up.',
    retryable: false,
    cause: signal?.reason,
  });
}

/** Who waits for which signal. */
const waiting = new WeakMap<AbortSignal, { stops: Set<() => void>; listener: () => void }>();

/**
 * Calls `stop` when the signal aborts. Thousands of calls a second share one signal, and a signal looks through all its listeners whenever
 * one is added or removed: so each signal gets one listener, and only while somebody waits for it.
 */
export function whenAborted(signal: AbortSignal, stop: () => void): void {
  const known = waiting.get(signal);
  if (known !== undefined) {
    known.stops.add(stop);
    return;
  }
  const stops = new Set([stop]);
  const listener = () => {
    for (const each of stops) each();
    waiting.delete(signal);
  };
  waiting.set(signal, { stops, listener });
  signal.addEventListener('abort', listener, { once: true });
}

/** Takes back `whenAborted`. */
export function notWhenAborted(signal: AbortSignal, stop: () => void): void {
  const known = waiting.get(signal);
  if (known === undefined || !known.stops.delete(stop) || known.stops.size > 0) return;
  waiting.delete(signal);
  signal.removeEventListener('abort', known.listener);
}

/** The promise's outcome, or an `aborted` error as soon as the signal aborts; the work behind the promise goes on. */
export function whileNotAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortedError(signal));
    if (signal.aborted) stop();
    else whenAborted(signal, stop);
    work.then(resolve, reject).finally(() => notWhenAborted(signal, stop));
  });
}
