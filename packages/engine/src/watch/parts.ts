import type { NotifyBatch } from '@qwarden/qumulo-client';

/** Events that are decided about without giving way to anything else: some milliseconds of work. */
const MOST_AT_ONCE = 500;

/** A batch in parts that do not hold up everything else for long. The text as it came stays with the first; the others have none. */
export function inParts(batch: NotifyBatch): readonly NotifyBatch[] {
  if (batch.events.length <= MOST_AT_ONCE) return [batch];
  const parts: NotifyBatch[] = [];
  for (let from = 0; from < batch.events.length; from += MOST_AT_ONCE) {
    parts.push({ ...batch, events: batch.events.slice(from, from + MOST_AT_ONCE), raw: from === 0 ? batch.raw : '' });
  }
  return parts;
}
