/** `work` on every item, at most `limit` at a time; results as they come. The source is read only as fast as there is room. */
export async function* inParallel<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running = new Map<symbol, Promise<{ key: symbol; result: R }>>();
  for await (const item of items) {
    const key = Symbol('item');
    const started = work(item).then((result) => ({ key, result }));
    // Awaited below, through `race`; a rejection that comes before must not count as unhandled.
    started.catch(() => undefined);
    running.set(key, started);
    if (running.size >= limit) yield await next(running);
  }
  while (running.size > 0) yield await next(running);
}

async function next<R>(running: Map<symbol, Promise<{ key: symbol; result: R }>>): Promise<R> {
  const { key, result } = await Promise.race(running.values());
  running.delete(key);
  return result;
}
