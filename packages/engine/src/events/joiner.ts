import type { Change } from './change.ts';
import type { ChangeType } from './kinds.ts';

/** The second half of a rename follows the first at once (FACTS 6.4); later than this it was no rename inside the watch. */
const WINDOW_MS = 2000;
/** More halves than this do not wait: the oldest are given out alone. */
const MOST_WAITING = 100_000;

/** What a type is to the joiner: a half of a rename, or where the life of a file id begins or ends. */
const ROLES: ReadonlyMap<ChangeType, 'from' | 'to' | 'end'> = new Map([
  ['child_file_moved_from', 'from'],
  ['child_dir_moved_from', 'from'],
  ['child_file_moved_to', 'to'],
  ['child_dir_moved_to', 'to'],
  ['child_file_added', 'end'],
  ['child_dir_added', 'end'],
  ['child_file_removed', 'end'],
  ['child_dir_removed', 'end'],
]);

/** A joiner in JSON, to be committed with the position of the reader. */
export interface JoinerState {
  readonly windowMs: number;
  /** First halves, oldest first. */
  readonly waiting: readonly Change[];
  /** Second halves that were passed on alone a moment ago. */
  readonly arrived: readonly Change[];
}

/**
 * Joins the halves of a rename: the cluster sends `moved_from` with the old path and `moved_to` with the new one, and the file id
 * is all that ties them (FACTS 6.4). A first half waits for the window; a second half never waits, so that a file which comes
 * from outside is seen at once. When the halves come in the wrong order, the arrival has been passed on already and
 * the late first half makes it a rename after the fact. Where the cluster gives no ids (UNKNOWN, FACTS 6.2) only halves of one batch are
 * joined, each second half with the first before it.
 */
export class RenameJoiner {
  readonly #windowMs: number;
  /** First halves by file id, each list oldest first; the ids in the order in which they began to wait. */
  readonly #waiting = new Map<string, Change[]>();
  #size = 0;
  /** Undefined = to be looked for again, since the one that was the oldest is gone. */
  #oldestAt: number | undefined = Number.POSITIVE_INFINITY;
  /** The last second half of a file that was passed on alone. */
  readonly #arrived = new Map<string, Change>();

  constructor(options: { readonly windowMs?: number } = {}) {
    this.#windowMs = options.windowMs ?? WINDOW_MS;
  }

  static fromJSON(state: JoinerState): RenameJoiner {
    const joiner = new RenameJoiner({ windowMs: state.windowMs });
    for (const change of state.waiting) joiner.#wait(change);
    for (const change of state.arrived) joiner.#arrived.set(change.fileId, change);
    return joiner;
  }

  toJSON(): JoinerState {
    return { windowMs: this.#windowMs, waiting: this.#byAge(), arrived: [...this.#arrived.values()] };
  }

  /** When {@link expire} has something to give, in ms since the epoch; null while nothing waits. */
  get nextExpiry(): number | null {
    if (this.#size === 0) return null;
    if (this.#oldestAt === undefined) {
      this.#oldestAt = Number.POSITIVE_INFINITY;
      for (const changes of this.#waiting.values()) {
        for (const { at } of changes) if (at < this.#oldestAt) this.#oldestAt = at;
      }
    }
    return this.#oldestAt + this.#windowMs;
  }

  /** The id of the change with which it left, while nobody knows yet whether for another place in the watch. */
  leavingSince(fileId: string): string | undefined {
    return this.#waiting.get(fileId)?.at(-1)?.id;
  }

  /** When the oldest half that waits came; null while nothing waits. */
  get oldestAt(): number | null {
    const expiry = this.nextExpiry;
    return expiry === null ? null : expiry - this.#windowMs;
  }

  /** What is decided now, in order. Everything but the halves of a rename passes through untouched. */
  add(change: Change): Change[] {
    const out: Change[] = [];
    this.addInto(out, change);
    return out;
  }

  /** As `add`, behind what is in `out` already. */
  addInto(out: Change[], change: Change): void {
    const { type, fileId } = change;
    // A walk tells of both halves at once (`joinFound`), or of one that stays alone; the stream's halves are others.
    if (change.place !== undefined && change.place.foundBy !== null) {
      // What came by another way has left under its old name for good.
      if (/_(?:added|moved_to)$/.test(type)) out.push(...this.#release(fileId));
      out.push(change);
      return;
    }
    const role = ROLES.get(type);
    if (role === 'from') out.push(...this.#left(change));
    else if (role === 'to') out.push(...this.#came(change));
    else {
      // The id begins or ends here, so a half that waits under it belongs to an earlier life of the id.
      if (role === 'end') {
        this.#arrived.delete(fileId);
        if (this.#size > 0) out.push(...this.#release(fileId));
      }
      out.push(change);
    }
  }

  /** First halves whose second did not come within the window: moved out of the watch. Oldest first. */
  expire(now: number): Change[] {
    const over = (change: Change): boolean => this.#isOver(change, now);
    for (const [fileId, change] of this.#arrived) if (over(change)) this.#arrived.delete(fileId);
    const out: Change[] = [];
    for (const fileId of this.#waiting.keys()) out.push(...this.#release(fileId, over));
    return out.sort((a, b) => a.at - b.at);
  }

  #left(change: Change): Change[] {
    const arrived = change.fileId === '' ? undefined : this.#arrived.get(change.fileId);
    // Of another epoch it is no late half of that: what was between them was not told.
    const isLate = arrived?.place?.epoch === change.place?.epoch;
    // Whatever comes of it: it has left where it arrived, or this is the half that was missing.
    this.#arrived.delete(change.fileId);
    const isHalf = arrived !== undefined && isLate && !isSamePlace(arrived, change) && sameKind(change, arrived);
    if (isHalf && !this.#isOver(arrived, change.at)) return [join(change, arrived, change)];
    const out = this.#release(change.fileId, (waiting) => this.#isOver(waiting, change.at));
    this.#wait(change);
    while (this.#size > MOST_WAITING) {
      const [oldest] = this.#waiting.keys();
      if (oldest === undefined) break;
      out.push(...this.#release(oldest));
    }
    return out;
  }

  #came(change: Change): Change[] {
    const out = this.#release(
      change.fileId,
      (waiting) => this.#isOver(waiting, change.at) || !sameKind(waiting, change),
    );
    const waiting = this.#waiting.get(change.fileId) ?? [];
    // A half that left the very place it comes to was away in between: that is no rename.
    const half = change.fileId === '' ? nextTo(change, waiting) : waiting.find((one) => !isSamePlace(one, change));
    if (half === undefined) {
      if (change.fileId !== '') out.push(...this.#release(change.fileId));
      out.push(change);
      this.#arrived.delete(change.fileId);
      this.#arrived.set(change.fileId, change);
      this.#forgetArrivals(change.at);
      return out;
    }
    out.push(...this.#release(change.fileId, (one) => one === half).map((from) => join(from, change, change)));
    return out;
  }

  #wait(change: Change): void {
    const list = this.#waiting.get(change.fileId);
    if (list === undefined) this.#waiting.set(change.fileId, [change]);
    else list.push(change);
    this.#size += 1;
    if (this.#size === 1) this.#oldestAt = change.at;
    else if (this.#oldestAt !== undefined) this.#oldestAt = Math.min(this.#oldestAt, change.at);
  }

  /** Takes out the halves of a file that wait no longer. */
  #release(fileId: string, over: (waiting: Change) => boolean = () => true): Change[] {
    const list = this.#waiting.get(fileId);
    if (list === undefined) return [];
    const out = list.filter(over);
    if (out.length === 0) return out;
    this.#size -= out.length;
    if (out.some(({ at }) => at === this.#oldestAt)) this.#oldestAt = undefined;
    if (out.length === list.length) this.#waiting.delete(fileId);
    else
      this.#waiting.set(
        fileId,
        list.filter((waiting) => !out.includes(waiting)),
      );
    return out;
  }

  /** A clock that was set back counts as a window that is over: nothing may wait for hours. */
  #isOver(change: Change, now: number): boolean {
    return now - change.at >= this.#windowMs || change.at - now > this.#windowMs;
  }

  #forgetArrivals(now: number): void {
    for (const [fileId, change] of this.#arrived) {
      if (!this.#isOver(change, now) && this.#arrived.size <= MOST_WAITING) return;
      this.#arrived.delete(fileId);
    }
  }

  #byAge(): Change[] {
    return [...this.#waiting.values()].flat().sort((a, b) => a.at - b.at);
  }
}

/** The changes of one batch that a walk has written: there the halves of a rename stand side by side. */
export function joinFound(changes: readonly Change[]): Change[] {
  const joined: Change[] = [];
  for (const change of changes) {
    const before = joined.at(-1);
    if (before !== undefined && isPair(before, change)) joined[joined.length - 1] = join(before, change, change);
    else joined.push(change);
  }
  return joined;
}

function isPair(from: Change, to: Change): boolean {
  return (
    from.fileId === to.fileId &&
    sameKind(from, to) &&
    from.type.endsWith('_moved_from') &&
    to.type.endsWith('_moved_to')
  );
}

function sameKind(a: Change, b: Change): boolean {
  return a.type.startsWith('child_dir') === b.type.startsWith('child_dir');
}

/** Of halves without an id, the one right before it. */
function nextTo(to: Change, waiting: readonly Change[]): Change | undefined {
  const last = waiting.at(-1);
  return last !== undefined && batchOf(last) === batchOf(to) && !isSamePlace(last, to) ? last : undefined;
}

function batchOf({ id }: Change): string {
  return id.slice(0, id.lastIndexOf('.'));
}

/** The same name in the same directory, whatever that is called by now. */
function isSamePlace(a: Change, b: Change): boolean {
  if (a.path === b.path) return true;
  const parent = a.place?.parentId ?? '';
  return parent !== '' && parent === b.place?.parentId && nameOf(a) === nameOf(b);
}

function nameOf({ path }: Change): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The later half says where in the log this was decided, and when. */
function join(from: Change, to: Change, later: Change): Change {
  return {
    ...to,
    id: later.id,
    at: later.at,
    type: to.type === 'child_dir_moved_to' ? 'child_dir_renamed' : 'child_file_renamed',
    movedFrom: from.path,
    lineage: Math.max(from.lineage, to.lineage),
    ...(to.place && {
      place: { ...to.place, fromParentId: from.place?.parentId, halfId: later === to ? from.id : to.id },
    }),
  };
}
