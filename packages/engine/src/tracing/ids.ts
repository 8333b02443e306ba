import { createHash } from 'node:crypto';
import type { Change } from '../events/change.ts';
import type { MadeJob } from './port.ts';

/**
 * Ids follow from the change and the match: a worker on another machine, or the next run of this program, goes on with the same trace without a
 * word between them.
 */
export interface TraceIds {
  readonly traceId: string;
  /** Of the change as a whole. */
  readonly rootId: string;
}

export function idsOfChange({ id, at, type, fileId }: Change): TraceIds {
  const digest = sha256(['change', id, at, type, fileId]);
  return { traceId: digest.slice(0, 32), rootId: digest.slice(32, 48) };
}

export function idOfJob({ match, change }: MadeJob): string {
  return sha256(['job', match, change.at, change.fileId]).slice(0, 16);
}

function sha256(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
