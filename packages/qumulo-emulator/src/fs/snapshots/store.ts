/** Snapshots: taking one only starts a new epoch; deleting one frees what nobody else sees (FACTS 7). */
import type { Snapshot, SnapshotCreate, SnapshotModify } from '../types.ts';
import { type Core, stateOf } from '../core.ts';
import { type Entry, type EntryVersion, type Inode, kindDirectory } from '../inode.ts';
import {
  decodeError,
  noSuchInode,
  notADirectory,
  snapshotLocked,
  snapshotNotFound,
  snapshotNotLocked,
  tooManySnapshots,
} from '../errors.ts';
import { pathOf, type SnapshotWindow } from '../lookup.ts';
import { compareTimes, formatTime, parseTime, type Time } from '../times.ts';
import { live } from '../version.ts';

export const maxSnapshots = 40_000;

/** What the store knows of a snapshot. `view` is the epoch that it ended. */
export type SnapshotRecord = {
  readonly id: number;
  readonly view: number;
  readonly sourceId: number;
  readonly created: Time;
  readonly policy: { readonly id: number; readonly name: string } | null;
  name: string;
  expires: Time | null;
  lockKey: string | null;
};

const units: Record<string, number> = { minutes: 60, hours: 3_600, days: 86_400, weeks: 604_800 };

/** `<1..99><months|weeks|days|hours|minutes>`, "" or `never`; months by the calendar. */
export const parseTimeToLive = (text: string, now: Time): Time | null => {
  if (text === '' || text === 'never') return null;
  const match = /^([1-9]\d?)(months|weeks|days|hours|minutes)$/.exec(text);
  if (match === null) throw decodeError(`'${text}' is not a time to live such as 10minutes`);
  const [, count = '', unit = ''] = match;
  const seconds = units[unit];
  if (seconds !== undefined) return { seconds: now.seconds + Number(count) * seconds, nanos: now.nanos };
  const date = new Date(now.seconds * 1000);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + Number(count));
  if (date.getUTCDate() !== day) date.setUTCDate(0);
  return { seconds: date.getTime() / 1000, nanos: now.nanos };
};

export class SnapshotStore {
  readonly #core: Core;
  readonly #records = new Map<number, SnapshotRecord>();
  #nextId = 1;

  constructor(core: Core) {
    this.#core = core;
  }

  create(request: SnapshotCreate): Snapshot {
    const core = this.#core;
    this.#expire();
    if (this.#records.size >= maxSnapshots) throw tooManySnapshots(maxSnapshots);
    const source = /^\d{1,16}$/.test(request.source_file_id)
      ? core.inodes.get(Number(request.source_file_id))
      : undefined;
    if (source === undefined || !source.alive) throw noSuchInode(request.source_file_id);
    if (source.kind !== kindDirectory) throw notADirectory(request.source_file_id);
    const now = core.now();
    const record: SnapshotRecord = {
      id: this.#nextId,
      view: core.epoch,
      sourceId: source.id,
      created: now,
      policy: request.policy ?? null,
      name: request.name,
      expires: this.#expiration(request.expiration, request.expirationTimeToLive, now) ?? null,
      lockKey: request.lockKey ?? null,
    };
    this.#nextId += 1;
    this.#records.set(record.id, record);
    core.newestView = core.epoch;
    core.epoch += 1;
    return this.#render(record);
  }

  list(): Snapshot[] {
    this.#expire();
    return [...this.#records.values()].map((record) => this.#render(record));
  }

  get(id: number): Snapshot {
    return this.#render(this.record(id));
  }

  modify(id: number, change: SnapshotModify): Snapshot {
    const record = this.record(id);
    const expires = this.#expiration(change.expiration, change.expirationTimeToLive, this.#core.now());
    if (record.lockKey !== null) {
      const later =
        expires === null ||
        (expires !== undefined && record.expires !== null && compareTimes(expires, record.expires) >= 0);
      if (change.name !== undefined || (expires !== undefined && !(later && record.expires !== null)))
        throw snapshotLocked(id);
    }
    if (expires !== undefined) record.expires = expires;
    if (change.name !== undefined) record.name = change.name;
    return this.#render(record);
  }

  delete(id: number): void {
    const record = this.record(id);
    if (record.lockKey !== null) throw snapshotLocked(id);
    this.#remove(record);
  }

  lock(id: number, lockKey: string): Snapshot {
    const record = this.record(id);
    if (record.lockKey !== null) throw snapshotLocked(id);
    record.lockKey = lockKey;
    return this.#render(record);
  }

  unlock(id: number): Snapshot {
    const record = this.record(id);
    if (record.lockKey === null) throw snapshotNotLocked(id);
    record.lockKey = null;
    return this.#render(record);
  }

  /** @throws FsError snapshot_not_found_error, also for an expired one */
  record(id: number): SnapshotRecord {
    this.#expire();
    const record = this.#records.get(id);
    if (record === undefined) throw snapshotNotFound(id);
    return record;
  }

  /** The window that `?snapshot=` opens. */
  window(id: number): SnapshotWindow {
    const { view, sourceId } = this.record(id);
    return { view, sourceId };
  }

  /** Bytes that only snapshots hold: data of older states that the next state does not have. */
  usedBlocks(): number {
    let blocks = 0;
    for (const changes of this.#core.changes.between(-1, this.#core.epoch)) {
      for (const inode of changes.inodes) {
        for (let newer = inode; newer.prev !== undefined; newer = newer.prev) {
          if (newer.prev.data !== newer.data) blocks += newer.prev.data?.blocks ?? 0;
        }
      }
    }
    return blocks;
  }

  /** What is kept for snapshots alone: older states, names with a past, notes of changes. Walks everything; for tests. */
  held(): { states: number; names: number; noted: number } {
    let states = 0;
    let names = 0;
    for (const inode of this.#core.inodes.all()) {
      if (!inode.alive) states += 1;
      for (let old = inode.prev; old !== undefined; old = old.prev) states += 1;
      for (const entry of inode.directory?.entries.after(-1) ?? []) {
        if (entry.inode === undefined || entry.prev !== undefined) names += 1;
      }
    }
    return { states, names, noted: this.#core.changes.size };
  }

  /** undefined = not mentioned, null = never. */
  #expiration(text: string | null | undefined, timeToLive: string | undefined, now: Time): Time | null | undefined {
    if (timeToLive !== undefined) return parseTimeToLive(timeToLive, now);
    if (text === undefined) return undefined;
    return text === null || text === '' ? null : parseTime(text, 'expiration');
  }

  #render(record: SnapshotRecord): Snapshot {
    const source = this.#core.inodes.get(record.sourceId);
    const state = source?.at(live) ?? source?.at(record.view);
    return {
      id: record.id,
      directory_name: `${record.id}_${record.name}`,
      given_name: record.name,
      timestamp: formatTime(record.created.seconds, record.created.nanos),
      source_file_id: String(record.sourceId),
      source_file_path: state === undefined ? '' : pathOf(state, source?.alive === true ? live : record.view),
      policy_id: record.policy?.id ?? null,
      policy_name: record.policy?.name ?? null,
      expiration: record.expires === null ? null : formatTime(record.expires.seconds, record.expires.nanos),
      in_delete: false,
      lock_key: record.lockKey,
    };
  }

  /** Expired snapshots go, locked or not (FACTS 7). */
  #expire(): void {
    if (this.#records.size === 0) return;
    const now = this.#core.now();
    for (const record of this.#records.values()) {
      if (record.expires !== null && compareTimes(record.expires, now) <= 0) this.#remove(record);
    }
  }

  #remove(record: SnapshotRecord): void {
    const core = this.#core;
    this.#records.delete(record.id);
    const views = [...this.#records.values()].map(({ view }) => view).sort((a, b) => a - b);
    const next = views.find((view) => view > record.view) ?? core.epoch;
    core.newestView = views.at(-1) ?? -1;
    for (const changes of core.changes.between(record.view, next)) {
      for (const inode of changes.inodes) this.#pruneInode(inode, views);
      for (const entry of changes.entries) this.#pruneEntry(entry, views);
    }
    core.changes.dropUpTo(views[0] ?? core.epoch);
  }

  #pruneInode(inode: Inode, views: readonly number[]): void {
    let newer = inode;
    for (let old = inode.prev; old !== undefined; old = old.prev) {
      if (sees(views, old.stamp, newer.stamp)) {
        newer.prev = old;
        newer = old;
      }
    }
    newer.prev = undefined;
    if (!inode.alive && inode.prev === undefined) this.#core.inodes.remove(inode.id);
  }

  #pruneEntry(entry: Entry, views: readonly number[]): void {
    let newer: EntryVersion = entry;
    for (let old = entry.prev; old !== undefined; old = old.prev) {
      if (sees(views, old.stamp, newer.stamp)) {
        newer.prev = old;
        newer = old;
      }
    }
    newer.prev = undefined;
    if (entry.inode === undefined && entry.prev === undefined) stateOf(entry.directory).entries.remove(entry);
  }
}

/** Does a living snapshot look at the states of [from, to)? `views` ascend. */
const sees = (views: readonly number[], from: number, to: number): boolean => {
  let low = 0;
  let high = views.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((views[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  const first = views[low];
  return first !== undefined && first < to;
};
