import { inWords } from '../../output/duration.ts';

/** The queue takes no more for now. */
export function paused({ events, oldestAt }: { readonly events: number; readonly oldestAt: string | null }): string {
  const oldest = oldestAt === null ? '' : `, the oldest came at ${oldestAt}`;
  return `The watch pauses: the queue takes no more until its reader has caught up (${events} changes are not decided about${oldest}). Nothing is lost: what the cluster does not keep for us meanwhile is looked for afterwards`;
}

export function resumed({ pausedMs }: { readonly pausedMs: number }): string {
  return `The watch goes on, after a pause of ${inWords(pausedMs)}`;
}
