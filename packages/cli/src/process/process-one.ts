/**
 * The first process of a container is not ended by a signal that it does not handle, as every other is. What has no way of its own to stop,
 * or has not come as far as that yet, ends at once when it is told to; whoever handles the signal is left alone.
 */
export function endOnSignalsAsProcessOne(pid: number = process.pid): void {
  if (pid !== 1) return;
  for (const [name, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(128 + number);
    });
  }
}
