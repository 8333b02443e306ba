import type { Change } from '../../events/change.ts';
import type { Rule, RuleCount } from '../rule.ts';

/** What `count` remembers, in JSON, to be committed with the position of the reader. */
export interface MatchCountsState {
  /** One for each rule, directory or watch that was counted; times oldest first. */
  readonly windows: readonly { readonly key: string; readonly withinMs: number; readonly times: readonly number[] }[];
}

interface Window {
  readonly withinMs: number;
  /** The last matches, as many as the rule asks for at most, oldest first. */
  readonly times: number[];
}

/** Directories of a flood: beyond it the ones without a match for the longest time are forgotten. */
const MOST_WINDOWS = 50_000;

/**
 * Sliding windows of rules with `count`. After `decide` has said `match`, the caller asks {@link add}: it counts the match, and
 * says whether there are enough of them now. They stay counted, so that in a flood each further match is enough too; `limits`
 * keep that in bounds. Time is that of the changes, which makes a replay count as the first run did.
 */
export class MatchCounts {
  /** In the order of their last match. */
  readonly #windows = new Map<string, Window>();

  static fromJSON(state: MatchCountsState): MatchCounts {
    const counts = new MatchCounts();
    for (const { key, withinMs, times } of state.windows) counts.#windows.set(key, { withinMs, times: [...times] });
    return counts;
  }

  toJSON(): MatchCountsState {
    return {
      windows: [...this.#windows].map(([key, { withinMs, times }]) => ({ key, withinMs, times: [...times] })),
    };
  }

  /**
   * Counts a match of a rule. A rule without `count` always has enough.
   * @param watch what the watch of the change is called, for `per: watch`
   */
  add(rule: Rule, change: Change, watch = ''): boolean {
    const { count } = rule;
    if (count === null) return true;
    const key = keyOf(rule, count, change, watch);
    const window = this.#windows.get(key) ?? { withinMs: count.withinMs, times: [] };
    this.#windows.delete(key);
    this.#windows.set(key, window);
    const { times } = window;
    // A change that comes late counts where it belongs.
    times.splice(times.findLastIndex((time) => time <= change.at) + 1, 0, change.at);
    const from = (times.at(-1) ?? change.at) - count.withinMs;
    const over = times.findIndex((time) => time > from);
    times.splice(0, Math.max(over === -1 ? times.length : over, times.length - count.matches));
    this.#trim();
    return times.length >= count.matches;
  }

  /** Forgets what can count no longer. */
  expire(now: number): void {
    for (const [key, { withinMs, times }] of this.#windows) {
      if ((times.at(-1) ?? 0) <= now - withinMs) this.#windows.delete(key);
    }
  }

  #trim(): void {
    for (const key of this.#windows.keys()) {
      if (this.#windows.size <= MOST_WINDOWS) return;
      this.#windows.delete(key);
    }
  }
}

/** A rule whose count was changed begins anew. */
function keyOf(rule: Rule, count: RuleCount, change: Change, watch: string): string {
  const scope = count.per === 'directory' ? directoryOf(change.path) : count.per === 'watch' ? watch : '';
  return JSON.stringify([rule.name, count.matches, count.withinMs, count.per, scope]);
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
