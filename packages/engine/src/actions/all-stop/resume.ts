import {
  type CallOptions,
  isQumuloError,
  QumuloApiError,
  QumuloConnectionError,
  type QumuloClient,
} from '@qwarden/qumulo-client';
import { iso } from '../../time/iso.ts';
import { clusterIdOf } from './cluster-id.ts';
import { partName } from './inventory.ts';
import { isSame, readPart, stoppedForm, writePart } from './parts.ts';
import type { StopPart, StopRecord } from './record.ts';
import type { KeptStops, StopRecords } from './records.ts';

const TRIES = 4;

export interface ResumeOptions {
  /** Only the stop with this id; default: all that stand on this cluster. */
  readonly stop?: string | undefined;
  /**
   * What to do with what somebody else changed since the stop: `refuse` leaves it and keeps the stop standing, `restore` makes it as it was
   * before the stop, `keep` leaves it and ends the stop.
   */
  readonly changed: 'refuse' | 'restore' | 'keep';
  /** Only says what it would do. */
  readonly dryRun?: boolean | undefined;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * - `restored` (`would-restore`) as it was before the stop; `already` it was so
 * - `changed` somebody else changed it since the stop, and it was left as it is
 * - `gone` it is not there any more
 * - `failed` the cluster refused
 */
export type ResumeVerdict = 'restored' | 'would-restore' | 'already' | 'changed' | 'gone' | 'failed';

export interface ResumedPart {
  readonly part: StopPart;
  /** `SMB share Files`. */
  readonly name: string;
  readonly verdict: ResumeVerdict;
  readonly message: string;
}

export interface ResumedStop {
  readonly record: StopRecord;
  readonly parts: readonly ResumedPart[];
  /** Nothing of it is to be restored any more. */
  readonly over: boolean;
}

export interface ResumeReport {
  readonly stops: readonly ResumedStop[];
  /** Stand on another cluster. */
  readonly elsewhere: readonly StopRecord[];
  readonly unreadable: KeptStops['unreadable'];
}

/**
 * Takes stops back, the latest first: exactly what they changed, to exactly what it was. May be run again when it was cut off.
 * Rejects with StateError, and when the cluster cannot be reached.
 */
export async function resumeStops(
  client: QumuloClient,
  records: StopRecords,
  options: ResumeOptions,
): Promise<ResumeReport> {
  const resume = async (): Promise<ResumeReport> => {
    const { records: kept, unreadable } = await records.list();
    const standing = kept.filter(
      ({ state, id }) => state !== 'over' && (options.stop === undefined || id === options.stop),
    );
    if (standing.length === 0) return { stops: [], elsewhere: [], unreadable };
    const clusterId = await clusterIdOf(client, { signal: options.signal });
    const here = standing.filter((record) => record.clusterId === clusterId);
    const stops: ResumedStop[] = [];
    for (const record of here.toReversed()) stops.push(await resumeStop(client, record, records, options));
    return { stops, elsewhere: standing.filter((record) => record.clusterId !== clusterId), unreadable };
  };
  return options.dryRun === true ? await resume() : await records.exclusively(resume);
}

async function resumeStop(
  client: QumuloClient,
  record: StopRecord,
  records: StopRecords,
  options: ResumeOptions,
): Promise<ResumedStop> {
  const save = () => (options.dryRun === true ? Promise.resolve() : records.save(record));
  if (options.dryRun !== true) record.state = 'resuming';
  await save();
  const parts: ResumedPart[] = [];
  // The other way round: protocols come back when what is behind them is as it was.
  for (const part of record.parts.toReversed()) {
    if (part.restored) continue;
    const result = await restorePart(client, part, options);
    parts.push({ part, name: partName(part), ...result });
    if (result.verdict === 'restored' || result.verdict === 'already') {
      part.restored = true;
      await save();
    }
  }
  const open = parts.filter(
    ({ verdict }) => verdict === 'failed' || (verdict === 'changed' && options.changed !== 'keep'),
  );
  const over = open.length === 0 && options.dryRun !== true;
  if (over) {
    record.state = 'over';
    record.endedAt = iso(options.now());
    await save();
  }
  return { record, parts, over };
}

type Result = Pick<ResumedPart, 'verdict' | 'message'>;

async function restorePart(
  client: QumuloClient,
  part: StopPart,
  options: ResumeOptions,
  triesLeft = TRIES,
): Promise<Result> {
  const callOptions: CallOptions = { signal: options.signal };
  try {
    const { data: now, etag } = await readPart(client, part, callOptions);
    if (isSame(now, part.before)) return { verdict: 'already', message: 'is as it was before the stop' };
    const left = part.left ?? stoppedForm(part.kind, part.before);
    if (options.changed !== 'restore') {
      if (!isSame(now, left)) return changed('since the stop');
      if (part.meanwhile !== null) return changed('while the stop began');
    }
    if (options.dryRun === true) return { verdict: 'would-restore', message: 'would be as it was before the stop' };
    await writePart(client, part, part.before, { ...callOptions, ifMatch: etag });
    const { data: after } = await readPart(client, part, callOptions);
    if (isSame(after, part.before)) return { verdict: 'restored', message: 'is as it was before the stop' };
    return { verdict: 'failed', message: `the cluster took it and shows ${JSON.stringify(after)}` };
  } catch (error) {
    if (error instanceof QumuloApiError && error.status === 404)
      return { verdict: 'gone', message: 'is not there any more' };
    // Changed between our reading and our writing: by whom, the next reading tells.
    if (error instanceof QumuloApiError && error.status === 412)
      return triesLeft > 1 ? await restorePart(client, part, options, triesLeft - 1) : changed('again and again');
    // Without a cluster there is nothing to say about the other parts.
    if (!isQumuloError(error) || error instanceof QumuloConnectionError) throw error;
    return { verdict: 'failed', message: error.message };
  }
}

function changed(when: string): Result {
  return { verdict: 'changed', message: `was changed by somebody else ${when}` };
}
