import type { Clock } from '@qwarden/qumulo-client';
import type { ExpectedEffect } from '../actions/port.ts';
import type { Change } from '../events/change.ts';
import type { ChangeType } from '../events/kinds.ts';
import type { Expectation, ExpectationStore } from '../queue/port.ts';

/** An echo comes within a second; a stream that was cut in between may bring it after the catch-up. Later than this it is somebody else's. */
const AWAIT_MS = 120_000;
/** A walk has found what we did: the stream tells of it within so long, or the gap has swallowed it. */
const FOUND_MS = 10_000;
/** Of what may never come: an echo that is later than this leads to one run more of an action that finds nothing to do. */
const MAYBE_MS = 1000;
/** The same once another echo of the same effect has come: they come together. */
const TOGETHER_MS = 20;

type Awaited = Expectation & { readonly id: number; readonly maybe?: boolean | undefined };

/** A name that we gave, whose echo has come. */
interface Given {
  readonly path: string;
  readonly causes: readonly string[];
  readonly expiresAt: number;
}

/** What a recognised echo says: which rules led to it. */
export interface Echo {
  /** Goes into the commit of the reader (`ReaderCommit.met`). */
  readonly id: number;
  readonly causes: readonly string[];
}

/**
 * Recognises the echoes of our own effects by file id and type of change. Each expectation is used at most once, so that a person who does
 * the same to the same file a moment later still counts. Expectations are durable before the effect is made: a crash between effect and echo
 * does not make the echo look like a person's change.
 */
export class LoopGuard {
  readonly #store: ExpectationStore;
  readonly #clock: Clock;
  readonly #awaited = new Map<string, Awaited[]>();
  /** By file id, oldest first: a catch-up may tell of them once more. */
  readonly #given = new Map<string, Given>();
  #size = 0;

  readonly #shared: boolean;
  /** The last look at the store, and the one behind it. */
  #loaded: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(store: ExpectationStore, clock: Clock, shared: boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#shared = shared;
  }

  /** `shared`: other processes make effects too. */
  static async open(store: ExpectationStore, clock: Clock, shared: boolean): Promise<LoopGuard> {
    const guard = new LoopGuard(store, clock, shared);
    await guard.#load();
    return guard;
  }

  /**
   * Learns what other processes expect. What they expected before an echo came is seen when it is asked for after the echo has come: one that is
   * under way will not do, but the next one does for all who ask meanwhile, one after the other.
   */
  async refresh(): Promise<void> {
    if (!this.#shared) return;
    this.#next ??= this.#loaded
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#loaded = this.#load();
        return this.#loaded;
      });
    await this.#next;
  }

  async #load(): Promise<void> {
    const open = await this.#store.open(this.#clock.now());
    this.#awaited.clear();
    this.#size = 0;
    for (const expectation of open) this.#await(expectation);
  }

  /** Echoes that are awaited. */
  get size(): number {
    return this.#size;
  }

  /** Makes an effect with its expectations in place; they are withdrawn when `unchanged` says of the error that nothing was changed. */
  async effect<T>(
    expected: readonly ExpectedEffect[],
    causes: readonly string[],
    make: () => Promise<T>,
    unchanged: (error: unknown) => boolean,
  ): Promise<T> {
    const now = this.#clock.now();
    const awaited = expected.flatMap(({ fileId, types, maybe = false }) => {
      const expiresAt = now + (maybe ? MAYBE_MS : AWAIT_MS);
      // Each once: an effect that is declared both ways is still one, and a second expectation would swallow what a person does.
      return [...new Set(types.flatMap(halves))].map((type) => ({ fileId, type, causes, expiresAt, maybe }));
    });
    const expectations = awaited.map(
      ({ fileId, type, expiresAt }): Expectation => ({ fileId, type, causes, expiresAt }),
    );
    const ids = await this.#store.add(expectations);
    for (const [n, one] of awaited.entries()) {
      const id = ids[n];
      if (id !== undefined) this.#await({ ...one, id });
    }
    try {
      return await make();
    } catch (error) {
      if (unchanged(error)) await this.#withdraw(ids.map((id, n) => ({ id, fileId: expectations[n]?.fileId ?? '' })));
      throw error;
    }
  }

  /** Nothing is awaited, and no name that we gave is remembered: no change is an echo, and none has to be shown to the guard. */
  get isIdle(): boolean {
    return this.#size === 0 && this.#given.size === 0;
  }

  /** Is this change, as the cluster sent it, an echo of ours? If so its expectation is used up. */
  claim(change: Change): Echo | undefined {
    const now = this.#clock.now();
    const echo = this.#claim(change, now);
    if (!ARRIVES.has(change.type)) return echo;
    // The latest name counts: what others have given after us is theirs.
    this.#given.delete(change.fileId);
    if (echo !== undefined)
      this.#given.set(change.fileId, { path: change.path, causes: echo.causes, expiresAt: now + AWAIT_MS });
    return echo;
  }

  /**
   * The same for an arrival that a walk has found after a gap; its type is a guess of ours. The echo may have been lost in the gap, may have
   * come, or may be about to: so nothing is used up, but what is awaited is not awaited for long any more. The rules that led to it;
   * undefined when it was none of ours.
   */
  found({ fileId, path, type }: Pick<Change, 'fileId' | 'path' | 'type'>): readonly string[] | undefined {
    if (!FOUND_AS.has(type)) return undefined;
    const now = this.#clock.now();
    const list = this.#awaited.get(fileId);
    const arrival = list?.find((awaited) => ARRIVES.has(awaited.type) && awaited.expiresAt >= now);
    if (list !== undefined && arrival !== undefined) {
      const soon = now + FOUND_MS;
      for (const [n, awaited] of list.entries())
        if (awaited.expiresAt > soon) list[n] = { ...awaited, expiresAt: soon };
      return arrival.causes;
    }
    const given = this.#given.get(fileId);
    return given?.path === path && given.expiresAt >= now ? given.causes : undefined;
  }

  #claim(change: Change, now: number): Echo | undefined {
    const list = this.#awaited.get(change.fileId);
    if (list === undefined) return undefined;
    for (const [n, awaited] of list.entries()) {
      if (awaited.type !== change.type || awaited.expiresAt < now) continue;
      list.splice(n, 1);
      this.#size -= 1;
      if (list.length === 0) this.#awaited.delete(change.fileId);
      for (const [m, other] of list.entries()) {
        if (other.maybe === true) list[m] = { ...other, expiresAt: Math.min(other.expiresAt, now + TOGETHER_MS) };
      }
      return { id: awaited.id, causes: awaited.causes };
    }
    return undefined;
  }

  /** Forgets what did not come. */
  async expire(): Promise<void> {
    const now = this.#clock.now();
    for (const [fileId, { expiresAt }] of this.#given) if (expiresAt < now) this.#given.delete(fileId);
    const over: { id: number; fileId: string }[] = [];
    for (const list of this.#awaited.values()) {
      for (const { id, fileId, expiresAt } of list) if (expiresAt < now) over.push({ id, fileId });
    }
    if (over.length > 0) await this.#withdraw(over);
  }

  async #withdraw(expectations: readonly { readonly id: number; readonly fileId: string }[]): Promise<void> {
    for (const { id, fileId } of expectations) {
      const list = this.#awaited.get(fileId);
      const n = list?.findIndex((awaited) => awaited.id === id) ?? -1;
      if (list === undefined || n < 0) continue;
      list.splice(n, 1);
      this.#size -= 1;
      if (list.length === 0) this.#awaited.delete(fileId);
    }
    await this.#store.withdraw(expectations.map(({ id }) => id));
  }

  #await(expectation: Awaited): void {
    const list = this.#awaited.get(expectation.fileId);
    if (list === undefined) this.#awaited.set(expectation.fileId, [expectation]);
    else list.push(expectation);
    this.#size += 1;
  }
}

const ARRIVES: ReadonlySet<string> = new Set<ChangeType>(['child_file_moved_to', 'child_dir_moved_to']);
/** What a walk makes of an object that it has not seen under this name. */
const FOUND_AS: ReadonlySet<string> = new Set([
  ...ARRIVES,
  'child_file_added',
  'child_dir_added',
  'child_file_renamed',
  'child_dir_renamed',
]);

/** The cluster tells of a rename in halves (FACTS 6.4). */
function halves(type: ChangeType): readonly ChangeType[] {
  if (type === 'child_file_renamed') return ['child_file_moved_from', 'child_file_moved_to'];
  if (type === 'child_dir_renamed') return ['child_dir_moved_from', 'child_dir_moved_to'];
  return [type];
}
