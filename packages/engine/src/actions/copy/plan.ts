import { createHash } from 'node:crypto';
import { destination, type DestinationParams } from '../files/destination.ts';
import { type Found, findSubject, valuesNow } from '../files/found.ts';
import { partialName } from '../files/partial-name.ts';
import { Stop } from '../files/stop.ts';
import type { ActionContext, ActionInput } from '../port.ts';

const LEAST_PATIENCE_MS = 5000;

export interface CopyPlan {
  readonly found: Found;
  readonly directory: string;
  /** Name of the copy until it is whole: no rule is for it. */
  readonly partial: string;
  /** How long to wait for a file that changes while it is copied. */
  readonly patienceMs: number;
}

/** @throws Stop */
export async function planCopy(input: ActionInput<DestinationParams>, context: ActionContext): Promise<CopyPlan> {
  const found = await findSubject(input, context);
  if (found.attributes.type !== 'FS_FILE_TYPE_FILE') {
    throw new Stop({ kind: 'skipped', note: `${found.path} is no regular file, and only those are copied` });
  }
  const { key, step } = input.job;
  const hash = createHash('sha256').update(`${key}\0${step}`).digest('hex').slice(0, 16);
  return {
    found,
    directory: destination(input.params, valuesNow(input, found)),
    partial: partialName(hash),
    patienceMs: Math.max(input.job.settleMs, LEAST_PATIENCE_MS),
  };
}
