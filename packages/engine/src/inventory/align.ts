import type { QueueStore } from '../queue/port.ts';
import type { InventoryStore } from './port.ts';

/**
 * Empties an inventory that is kept apart from the queue when it does not know what the reader has decided about: another machine may have
 * watched meanwhile. It may be one stretch ahead: the reader decides about that one again, in the same way. Says whether it is of an earlier
 * queue: nothing was ever decided about in this one.
 */
export async function alignWithQueue(
  inventory: InventoryStore,
  store: Pick<QueueStore, 'reader'> & { readonly log: Pick<QueueStore['log'], 'partitions'> },
): Promise<boolean> {
  const positions: string[] = [];
  let isSame = true;
  let isOfEarlier = false;
  for (let partition = 0; partition < store.log.partitions; partition += 1) {
    const { position } = await store.reader(partition);
    positions.push(position);
    const note = inventory.note(partition);
    isSame &&= note?.until === position || note?.after === position;
    isOfEarlier ||= note !== undefined && note.until !== '';
  }
  if (isSame) return false;
  await inventory.commit(() => {
    inventory.clear();
    for (const [partition, position] of positions.entries())
      inventory.setNote(partition, { after: position, until: position, verdicts: {} });
  }, 'now');
  return isOfEarlier && positions.every((position) => position === '');
}
