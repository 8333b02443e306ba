import type { Change } from '../../events/change.ts';
import type { Facts } from '../facts.ts';

/** Kleene's third value: what an unanswered condition gives. */
export const NO = 0;
export const YES = 1;
export const UNKNOWN = 2;
export type Truth = typeof NO | typeof YES | typeof UNKNOWN;

/** Bits of {@link Subject.missing}. */
export const TIME = 1;
export const ATTRIBUTES = 2;
export const TAGS = 4;

/** One change under test, with what conditions work out of it: each once, and only when asked for. */
export class Subject {
  change: Change;
  facts: Facts | null;
  /** Facts that an open condition would have needed. */
  missing = 0;
  name: string;
  #lowerPath: string | undefined;
  #lowerName: string | undefined;
  #extension: string | undefined;

  constructor(change: Change, facts: Facts | null = null) {
    this.change = change;
    this.facts = facts;
    this.name = baseName(change.path);
  }

  /** One subject serves all changes of a matcher: the hot path allocates nothing for a change that no rule wants. */
  reset(change: Change): void {
    const isSamePath = change.path === this.change.path;
    this.change = change;
    this.missing = 0;
    if (isSamePath) return;
    this.name = baseName(change.path);
    this.#lowerPath = undefined;
    this.#lowerName = undefined;
    this.#extension = undefined;
  }

  get lowerPath(): string {
    this.#lowerPath ??= this.change.path.toLowerCase();
    return this.#lowerPath;
  }

  get lowerName(): string {
    this.#lowerName ??= this.name.toLowerCase();
    return this.#lowerName;
  }

  /** Without the dot, with its case; '' when there is none. Dots at the beginning of a name make it hidden and begin no extension. */
  get extension(): string {
    this.#extension ??= extensionOf(this.name);
    return this.#extension;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  if (dot <= 0) return '';
  let first = 0;
  while (name.charCodeAt(first) === 46) first += 1;
  return dot < first ? '' : name.slice(dot + 1);
}
