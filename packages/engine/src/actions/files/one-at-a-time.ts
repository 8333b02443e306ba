const tails = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Runs tasks with the same key on the same object one after another: for what looks first and then does. */
export function oneAtATime<T>(on: object, key: string, task: () => Promise<T>): Promise<T> {
  const keys = tails.get(on) ?? new Map<string, Promise<unknown>>();
  tails.set(on, keys);
  const result = (keys.get(key) ?? Promise.resolve()).then(task);
  const tail = result.then(
    () => undefined,
    () => undefined,
  );
  keys.set(key, tail);
  void tail.then(() => {
    if (keys.get(key) === tail) keys.delete(key);
  });
  return result;
}
