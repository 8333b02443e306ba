/**
 * SIGINT and SIGTERM ask to stop: the first one gracefully, the second at once (exit code 128 + the signal's number).
 * Call `release` when the work is over.
 */
export function stopOnSignals(onFirst: (signal: NodeJS.Signals) => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const numbers = [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const;
  const handlers = numbers.map(([name, number]) => {
    const handler = () => {
      if (controller.signal.aborted) process.exit(128 + number);
      controller.abort();
      onFirst(name);
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  return {
    signal: controller.signal,
    release: () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
