import type { Change } from '../events/change.ts';
import type { ChangeType } from '../events/kinds.ts';
import type { Arming, SettlingJob, Touch } from '../queue/port.ts';
import { SettlingTable } from './settling-table.ts';

/** After these a file, or what is at its name, is not what it was: whoever waits for quiet waits on. */
export const CONTENT: ReadonlySet<ChangeType> = new Set<ChangeType>([
  'child_data_written',
  'child_size_changed',
  'child_mtime_changed',
  'child_stream_added',
  'child_stream_removed',
  'child_stream_moved_from',
  'child_stream_moved_to',
  'child_stream_size_changed',
  'child_stream_data_written',
  'child_file_moved_to',
  'child_dir_moved_to',
  'child_file_renamed',
  'child_dir_renamed',
]);
/** Entries that are taken in, or looked at, before others have their turn. */
const AT_ONCE = 1000;
const SWEPT = 64;
const PARTS_AT_ONCE = 16;

/** What all jobs of a rule with the same settle time share. */
interface Label {
  readonly rule: string;
  readonly settleMs: number;
}

/** With what people are told. */
export interface Touched extends Touch {
  readonly rule: string;
  /** Of the change. */
  readonly path: string;
}

/** A job that the table cannot hold: its key is not made of rule and file id, or the id is no number. */
interface Odd {
  readonly rule: string;
  readonly fileId: string;
  readonly settleMs: number;
  dueAt: number;
}

/**
 * Jobs that settle: any change of a file's content starts their settle time again, whatever their rules are for. A job is known from its arming
 * to its due time; what then became of it the store knows. A change that came without a file id is known by its path.
 */
export class Settling {
  readonly #table = new SettlingTable();
  readonly #labels: Label[] = [];
  /** By rule, then by settle time: several when the rule was changed. */
  readonly #numbers = new Map<string, Map<number, number>>();
  /** By file id or path, then by key. */
  readonly #odd = new Map<string, Map<string, Odd>>();
  #hand: MapIterator<[string, Map<string, Odd>]> | undefined;
  #touches = new Map<string, Touched>();

  /** Jobs that are known, those behind their due time included until they are swept. */
  get size(): number {
    let odd = 0;
    for (const jobs of this.#odd.values()) odd += jobs.size;
    return this.#table.size + odd;
  }

  /** Jobs that are known and due later than that, as they come and go meanwhile: a million are counted in several turns of the event loop. */
  async countLaterThan(at: number): Promise<number> {
    let count = 0;
    for (const jobs of this.#odd.values()) for (const { dueAt } of jobs.values()) if (dueAt > at) count += 1;
    let parts = 0;
    for (const part of this.#table.laterThan(at)) {
      count += part;
      parts += 1;
      if (parts % PARTS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return count;
  }

  /** Takes in what a store has. */
  async load(jobs: AsyncIterable<SettlingJob>): Promise<void> {
    let count = 0;
    for await (const job of jobs) {
      this.#add(job);
      count += 1;
      if (count % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  armed({ job }: Arming): void {
    const { key, rule, fileId, settleMs, dueAt, change, path } = job;
    if (settleMs <= 0 || dueAt === null) return;
    this.#add({ key, rule, fileId, settleMs, dueAt, ref: change.fileId === '' ? path : change.fileId });
    // The arming says all that there is to say.
    this.#touches.delete(key);
  }

  /** After its matches: those have armed their jobs already. */
  changed(change: Change, now: number): void {
    if (!CONTENT.has(change.type) || change.causes !== undefined) return;
    const ref = change.fileId === '' ? change.path : change.fileId;
    const at = Math.min(change.at, now);
    const touch = (key: string, about: Omit<Odd, 'dueAt'>, dueAt: number): number => {
      const { rule, fileId, settleMs } = about;
      const next = Math.max(dueAt, at + settleMs);
      // It is due: what comes now it does not wait for.
      if (dueAt <= at) return dueAt;
      if (next > dueAt || change.movedFrom !== null)
        this.#touch({ key, rule, fileId, changedAt: change.at, dueAt: next }, change);
      return next;
    };
    const inTable = this.#table.update(ref, (number, dueAt) => {
      const label = this.#labels[number];
      return label === undefined ? dueAt : touch(`${label.rule}\0${ref}`, { ...label, fileId: ref }, dueAt);
    });
    if (inTable && this.#odd.size === 0) return;
    for (const [key, job] of this.#odd.get(ref) ?? []) job.dueAt = touch(key, job, job.dueAt);
  }

  /** What was touched since, one for each job. */
  take(): readonly Touched[] {
    if (this.#touches.size === 0) return [];
    const touches = [...this.#touches.values()];
    this.#touches = new Map();
    return touches;
  }

  /** Lets go of what is due by then, some at a time. */
  forget(past: number): void {
    this.#table.sweep(past);
    for (let n = 0; n < SWEPT && this.#odd.size > 0; n += 1) {
      this.#hand ??= this.#odd.entries();
      const next = this.#hand.next();
      if (next.done === true) {
        this.#hand = undefined;
        return;
      }
      const [ref, jobs] = next.value;
      for (const [key, { dueAt }] of jobs) if (dueAt <= past) jobs.delete(key);
      if (jobs.size === 0) this.#odd.delete(ref);
    }
  }

  #add({ key, rule, fileId, settleMs, dueAt, ref }: SettlingJob): void {
    const usual = ref === fileId && key === `${rule}\0${fileId}`;
    if (usual && this.#table.set(fileId, this.#numberOf(rule, settleMs, fileId), dueAt)) return;
    const jobs = this.#odd.get(ref) ?? new Map<string, Odd>();
    this.#odd.set(ref, jobs.set(key, { rule, fileId, settleMs, dueAt }));
  }

  #numberOf(rule: string, settleMs: number, fileId: string): number {
    let numbers = this.#numbers.get(rule);
    if (numbers === undefined) this.#numbers.set(rule, (numbers = new Map()));
    let number = numbers.get(settleMs);
    if (number === undefined) numbers.set(settleMs, (number = this.#labels.push({ rule, settleMs }) - 1));
    if (numbers.size > 1) {
      // It may be there with the settle time that the rule had before.
      const others = new Set(numbers.values());
      others.delete(number);
      this.#table.update(fileId, (label, dueAt) => (others.has(label) ? Number.NEGATIVE_INFINITY : dueAt));
    }
    return number;
  }

  #touch(touch: Omit<Touched, 'renames' | 'path'>, { path, movedFrom }: Change): void {
    const renames = this.#touches.get(touch.key)?.renames ?? [];
    const all = movedFrom === null ? renames : [...renames, { from: movedFrom, to: path }];
    this.#touches.set(touch.key, { ...touch, path, renames: all });
  }
}
