import type { RowShape } from '../../output/print.ts';
import type { LocatedEvent } from './select.ts';

export const eventShape: RowShape<LocatedEvent> = {
  table: [
    ['WHEN', ({ event }) => new Date(event.change.at).toISOString()],
    ['TYPE', ({ event }) => event.change.type],
    ['FOUND BY', ({ event }) => event.source],
    ['FILE', ({ event }) => event.change.fileId || '-'],
    ['PATH', ({ event }) => pathInWords(event.change)],
  ],
  fields: [
    ['at', ({ event }) => new Date(event.change.at).toISOString()],
    ['type', ({ event }) => event.change.type],
    ['path', ({ event }) => event.change.path],
    ['movedFrom', ({ event }) => event.change.movedFrom],
    ['fileId', ({ event }) => event.change.fileId],
    ['kind', ({ event }) => event.change.kind],
    ['stream', ({ event }) => event.change.stream],
    ['source', ({ event }) => event.source],
    ['id', ({ event }) => event.change.id],
    ['stateDir', ({ stateDir }) => stateDir],
  ],
};

export function pathInWords(change: { path: string; movedFrom: string | null; stream: string | null }): string {
  const stream = change.stream === null ? '' : ` (stream ${change.stream})`;
  return `${change.path}${stream}${change.movedFrom === null ? '' : ` (was ${change.movedFrom})`}`;
}
