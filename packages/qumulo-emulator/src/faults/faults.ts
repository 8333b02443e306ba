import { matchesGlob } from './glob.ts';
import { seededRandom } from './random.ts';

/** A fault to make: which calls it meets, how often, and what happens to them. Several kinds may stand together. */
export interface FaultRule {
  /**
   * `METHOD /path` of an operation (`PATCH /v1/files/{ref}/file-lock`) or of a request, `*` for any characters
   * (`PATCH *`, `* /v1/files/1003/*`). Default `*`: every call.
   */
  readonly operation?: string;
  /** Meets this share of the calls, 0 to 1; default 1. */
  readonly probability?: number;
  /** Ends after it has met so many calls; default never. */
  readonly times?: number;
  /** Lets so many matching calls pass first; default 0. */
  readonly skip?: number;
  /** Answers with this error and does not execute the call. */
  readonly fail?: FaultAnswer;
  /** Cuts the connection: before the call is executed, or after it, so that only the answer is lost. */
  readonly drop?: 'before' | 'after';
  /** Waits before the call is executed; alone it only delays. */
  readonly delayMs?: number;
  /** A random time between 0 and this on top. */
  readonly jitterMs?: number;
}

export interface FaultAnswer {
  readonly status: number;
  /** Absent = no body at all. */
  readonly errorClass?: string;
  readonly description?: string;
  /** Seconds, or an HTTP date, for the `Retry-After` header. */
  readonly retryAfter?: number | string;
}

/** What a call meets: the sum of all rules that hit it. */
export interface Misfortune {
  readonly delayMs: number;
  readonly fail: FaultAnswer | undefined;
  readonly drop: 'before' | 'after' | undefined;
}

export interface ActiveFault {
  readonly id: number;
  readonly rule: FaultRule;
  /** Calls met so far. */
  readonly hits: number;
}

interface Live {
  readonly id: number;
  readonly rule: FaultRule;
  hits: number;
  seen: number;
}

/** The rules in force. Chance comes from a seed, so that a run can be repeated. */
export class Faults {
  readonly #rules = new Map<number, Live>();
  readonly #random: () => number;
  #nextId = 1;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** False costs a request nothing. */
  get active(): boolean {
    return this.#rules.size > 0;
  }

  add(rule: FaultRule): number {
    const id = this.#nextId++;
    this.#rules.set(id, { id, rule, hits: 0, seen: 0 });
    return id;
  }

  /** False when there is no such rule, or it has spent itself. */
  remove(id: number): boolean {
    return this.#rules.delete(id);
  }

  clear(): void {
    this.#rules.clear();
  }

  list(): ActiveFault[] {
    return [...this.#rules.values()].map(({ id, rule, hits }) => ({ id, rule, hits }));
  }

  /** What this call meets; undefined = nothing. Rules apply in the order in which they were added; the first failure wins. */
  meet(operation: string, method: string, path: string): Misfortune | undefined {
    let delayMs = 0;
    let fail: FaultAnswer | undefined;
    let drop: 'before' | 'after' | undefined;
    let met = false;
    for (const live of this.#rules.values()) {
      if (!this.#hits(live, operation, method, path)) continue;
      const { rule } = live;
      met = true;
      delayMs += (rule.delayMs ?? 0) + (rule.jitterMs === undefined ? 0 : this.#random() * rule.jitterMs);
      fail ??= rule.fail;
      drop ??= rule.drop;
    }
    return met ? { delayMs, fail, drop } : undefined;
  }

  #hits(live: Live, operation: string, method: string, path: string): boolean {
    const { rule } = live;
    const pattern = rule.operation ?? '*';
    if (pattern !== '*' && !matchesGlob(pattern, operation) && !matchesGlob(pattern, `${method} ${path}`)) return false;
    live.seen++;
    if (live.seen <= (rule.skip ?? 0)) return false;
    if (rule.probability !== undefined && this.#random() >= rule.probability) return false;
    live.hits++;
    if (rule.times !== undefined && live.hits >= rule.times) this.#rules.delete(live.id);
    return true;
  }
}
