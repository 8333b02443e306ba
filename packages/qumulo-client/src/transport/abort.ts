import { QumuloConnectionError } from '../errors/connection-error.ts';

export function abortedError(signal: AbortSignal | undefined): QumuloConnectionError {
  return new QumuloConnectionError({
    kind: 'aborted',
    message: 'The call was given up.',
    retryable: false,
    cause: signal?.reason,
  });
}

/** The promise's outcome, or an `aborted` error as soon as the signal aborts; the work behind the promise goes on. */
export function whileNotAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortedError(signal));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
