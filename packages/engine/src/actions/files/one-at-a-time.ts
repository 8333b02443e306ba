const turns = new WeakMap<object, Map<string, Promise<void>>>();

/** Runs tasks with the same key on the same object one after another: for what looks first and then does. */
export async function oneAtATime<T>(on: object, key: string, task: () => Promise<T>): Promise<T> {
  const keys = turns.get(on) ?? new Map<string, Promise<void>>();
  turns.set(on, keys);
  const before = keys.get(key);
  const { promise, resolve } = Promise.withResolvers<void>();
  keys.set(key, promise);
  try {
    await before;
    return await task();
  } finally {
    resolve();
    if (keys.get(key) === promise) keys.delete(key);
  }
}
