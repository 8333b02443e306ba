import { randomBytes } from 'node:crypto';
import { QumuloApiError, QumuloConnectionError } from '@qwarden/qumulo-client';
import { iso } from '../../time/iso.ts';
import { call } from '../files/call.ts';
import { failed } from '../files/stop.ts';
import type { ActionContext, ActionInput, ActionOutcome } from '../port.ts';
import { clusterIdOf } from './cluster-id.ts';
import { type Inventory, inOrder, partName, type Stoppable, takeInventory } from './inventory.ts';
import { isSame, isStopped, readPart, stoppedForm, writePart } from './parts.ts';
import { stopKey, type StopPart, type StopRecord } from './record.ts';
import type { StopRecords } from './records.ts';
import type { AllStopParams } from './schema.ts';
import { closeSessions } from './sessions.ts';
import { type Trouble, troubleOf } from './trouble.ts';
import { alsoUnreadable, partlyStopped, standsStill, whole } from './words.ts';

const TRIES = 4;
/** One part may hang by itself; when so many in a row get no answer, the others would not either, and the next try begins sooner. */
const MOST_UNREACHABLE = 2;
/** A stop that stands is not compared with the cluster more often than that: an attack matches thousands of times. */
const LOOK_EVERY_MS = 10_000;

/** What a stop remembers between triggers: when each record was last compared with the cluster, by the monotonic clock. */
export type LastLooks = Map<string, number>;

/**
 * Stops what the scope names, or completes a stop that was cut off. Only inside `records.exclusively`.
 * @throws StateError, Stop, the client's errors when nothing at all could be done
 */
export async function runAllStop(
  input: ActionInput<AllStopParams>,
  context: ActionContext,
  records: StopRecords,
  lastLooks: LastLooks,
): Promise<ActionOutcome> {
  const { params } = input;
  const { cluster, clock } = context;
  const key = stopKey(params);
  const job = `${input.job.key} ${input.job.match} ${input.job.step}`;
  const { records: readable, unreadable } = await records.list();
  const all = readable.filter((one) => stopKey(one) === key);
  const known = all.findLast(({ state, id }) => state === 'stopped' && lastLooks.has(id));
  if (known !== undefined && clock.monotonic() - (lastLooks.get(known.id) ?? 0) < LOOK_EVERY_MS)
    return { kind: 'skipped', note: standsStill(known, []) };
  const clusterId = await clusterIdOf(cluster, call(context));
  const kept = all.filter((one) => one.clusterId === clusterId);
  // The person who takes it back knows of this job; what happens afterwards is another one.
  const takenBack = kept.find(({ state, jobs }) => (state === 'over' || state === 'resuming') && jobs.includes(job));
  if (takenBack !== undefined)
    return { kind: 'skipped', note: `this job has made the stop ${takenBack.id} already, and it was taken back since` };
  let record = kept.findLast(({ state }) => state !== 'over');
  const inventory = await takeInventory(cluster, params.scope, params.mode, call(context));
  const open = inventory.found.filter(({ kind, config }) => !isStopped(kind, config));
  if (record?.state === 'stopped') {
    if (!isUndone(record, inventory)) {
      lastLooks.set(record.id, clock.monotonic());
      return { kind: 'skipped', note: standsStill(record, open.map(partName)) };
    }
    // Somebody took all of it back without us: it is over, and the next one has its own "before".
    await records.save({ ...record, state: 'over', endedAt: iso(clock.now()) });
    record = undefined;
  }
  if (record === undefined && open.length === 0 && inventory.troubles.length === 0)
    return {
      kind: 'skipped',
      note: `is stopped already, by another qwarden or by hand: there is nothing to change${alsoUnreadable(unreadable)}`,
    };
  const stop = record === undefined ? newRecord(input, context, clusterId) : resumedAnew(record);
  if (!stop.jobs.includes(job)) stop.jobs.push(job);
  addParts(stop, open);
  // Before anything is changed.
  if (stop.parts.length > 0) await records.save(stop);
  const outcome = await carryOut(stop, inventory, params, context, records);
  // What is open is stopped all the same: only that goes into the new record, and the old one keeps what it has.
  return outcome.kind === 'done' ? { ...outcome, note: `${outcome.note}${alsoUnreadable(unreadable)}` } : outcome;
}

async function carryOut(
  stop: StopRecord,
  inventory: Inventory,
  params: AllStopParams,
  context: ActionContext,
  records: StopRecords,
): Promise<ActionOutcome> {
  const troubles: Trouble[] = [...inventory.troubles];
  let unreachable = 0;
  for (const [n, part] of stop.parts.entries()) {
    if (unreachable >= MOST_UNREACHABLE) {
      const what = stop.parts.slice(n).map(partName).join(', ');
      const reason = 'not tried, since the cluster does not answer';
      troubles.push({ what, outcome: { kind: 'transient', reason, target: 'cluster', overload: false } });
      break;
    }
    try {
      if (await stopPart(part, context, () => records.save(stop))) await records.save(stop);
      unreachable = 0;
    } catch (error) {
      troubles.push(troubleOf(partName(part), error));
      unreachable = error instanceof QumuloConnectionError ? unreachable + 1 : 0;
    }
    if (context.signal.aborted) return { kind: 'aborted' };
  }
  let closed = 0;
  if (params.close_sessions && unreachable === 0) {
    try {
      const sessions = await closeSessions(context.cluster, inventory.shares, call(context));
      closed = sessions.closed;
      if (sessions.left > 0) {
        const reason = `${sessions.left} of them did not end`;
        troubles.push({
          what: 'SMB sessions',
          outcome: { kind: 'transient', reason, target: 'file', overload: false },
        });
      }
    } catch (error) {
      troubles.push(troubleOf('SMB sessions', error));
    }
  }
  if (context.signal.aborted) return { kind: 'aborted' };
  if (troubles.length > 0) return partlyStopped(stop, troubles, closed);
  stop.state = 'stopped';
  await records.save(stop);
  return { kind: 'done', note: whole(stop, closed), output: { stop: stop.id } };
}

/**
 * Stops one part and reads it back. A part that is not there any more needs no stopping.
 * @returns whether something is to be kept of it
 */
async function stopPart(part: StopPart, context: ActionContext, save: () => Promise<void>): Promise<boolean> {
  const { cluster } = context;
  const { kind } = part;
  let written = false;
  for (let n = 1; ; n += 1) {
    try {
      const { data: now, etag } = await readPart(cluster, part, call(context));
      if (isStopped(kind, now)) {
        if (part.left !== null) return false;
        // The cluster may write our own values in another way; what we did not write just now is not ours.
        if (!written && !isSame(now, stoppedForm(kind, part.before))) part.meanwhile ??= now;
        part.left = now;
        return true;
      }
      if (n > TRIES) {
        throw failed(
          'the cluster takes the change, and shows it open still',
          'Look at it on the cluster: something opens it again at once.',
        );
      }
      if (!isSame(now, part.before) && !written) {
        part.meanwhile = now;
        await save();
      }
      part.left = null;
      await writePart(cluster, part, stoppedForm(kind, now), { ...call(context), ifMatch: etag });
      written = true;
    } catch (error) {
      if (!(error instanceof QumuloApiError)) throw error;
      if (error.status === 404) return false;
      // Changed between our reading and our writing.
      if (error.status !== 412 || n > TRIES) throw error;
    }
  }
}

/** Somebody opened every part of it that is there still. */
function isUndone(record: StopRecord, { found, troubles }: Inventory): boolean {
  if (troubles.length > 0) return false;
  const now = new Map(found.map((one) => [`${one.kind} ${one.id}`, one]));
  const there = record.parts.flatMap((part) => now.get(`${part.kind} ${part.id}`) ?? []);
  return there.every(({ kind, config }) => !isStopped(kind, config));
}

/** The record of a stop that was cut off, or of one whose resume was: parts that are back as they were have a new "before". */
function resumedAnew(record: StopRecord): StopRecord {
  return { ...record, state: 'stopping', parts: record.parts.filter(({ restored }) => !restored) };
}

function addParts(stop: StopRecord, open: readonly Stoppable[]): void {
  const known = new Set(stop.parts.map(({ kind, id }) => `${kind} ${id}`));
  const added = open
    .filter(({ kind, id }) => !known.has(`${kind} ${id}`))
    .map(({ kind, id, name, config }): StopPart => {
      return { kind, id, name, before: config, left: null, meanwhile: null, restored: false };
    });
  stop.parts = inOrder([...stop.parts, ...added]);
}

function newRecord(input: ActionInput<AllStopParams>, context: ActionContext, clusterId: string): StopRecord {
  const { params, job, subject, change } = input;
  const startedAt = iso(context.clock.now());
  return {
    version: 1,
    id: `${startedAt.replaceAll(/[-:]|\.\d+/g, '')}-${params.scope.kind}-${randomBytes(2).toString('hex')}`,
    clusterId,
    cluster: context.cluster.options.origin,
    scope: params.scope,
    mode: params.mode,
    cause: { rule: job.rule, path: subject.path, change: change.type },
    jobs: [],
    state: 'stopping',
    startedAt,
    endedAt: null,
    parts: [],
  };
}
