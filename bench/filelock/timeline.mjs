// What the cluster itself saw of the file-lock calls. No side is asked how fast it was.

/**
 * Calls a second from the arrival of the first file-lock call to the answer of the last one. Throws unless each of the
 * files was locked, with a retention period, by exactly one call that was answered 200.
 */
export function judgeCalls(calls, ids) {
  const missing = new Set(ids);
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const call of calls) {
    if (call.status !== 200 || !call.lock?.retention_period)
      throw new Error(`file-lock of ${call.ref}: ${call.status}`);
    if (!missing.delete(call.fileId)) throw new Error(`file ${call.fileId} was locked twice, or is none of ours`);
    first = Math.min(first, call.arrivedMs);
    last = Math.max(last, call.monotonicMs);
  }
  if (missing.size > 0) throw new Error(`${missing.size} of ${ids.length} files were not locked`);
  return { perSecond: (ids.length * 1000) / (last - first), firstMs: first, lastMs: last };
}

/** Milliseconds from the creation of each file to the answer of its file-lock call. */
export function waits(calls, { ids, createdMs }) {
  const created = new Map(ids.map((id, n) => [id, createdMs[n]]));
  return calls.map((call) => call.monotonicMs - created.get(call.fileId));
}
