import type { FileAttributes } from '@qwarden/qumulo-client';
import type { z } from 'zod';
import type { Facts } from '../facts.ts';
import { ATTRIBUTES, NO, type Subject, TAGS, TIME, type Truth, UNKNOWN, YES } from './subject.ts';

/** What stands around a condition and changes its meaning. */
export interface ConditionContext {
  /** Null = the default: extensions without case, everything else with case. */
  readonly caseSensitive: boolean | null;
  /** `time_zone` beside it. */
  readonly timeZone: string;
}

export interface CompiledCondition {
  test(subject: Subject): Truth;
  /** The value that was compared, in words. */
  seen(subject: Subject): string;
}

/** What must hold of a path for a condition to be met, as far as an index can use it. Each list means "one of these". */
export interface Anchors {
  /** The path is one of these directories or lies below it. */
  readonly prefixes?: readonly string[] | undefined;
  /** Exact name. */
  readonly names?: readonly string[] | undefined;
  /** The name begins so. */
  readonly heads?: readonly string[] | undefined;
  /** What follows the last dot of the name, in lower case. */
  readonly extensions?: readonly string[] | undefined;
}

/** From the cheapest to the dearest: the change has it, the clock, a call for the file's attributes, one more for its tags. */
export type Need = 'change' | 'time' | 'attributes' | 'tags';

/** One keyword of `where`. Its value after loading is `T`, in a form that loads as the same again. */
export interface ConditionKind<T, I = unknown> {
  readonly schema: z.ZodType<T, I>;
  readonly needs: Need;
  /** For the reference: what it compares. */
  readonly summary: string;
  /** YAML. */
  readonly example: string;
  compile(value: T, context: ConditionContext): CompiledCondition;
  words(value: T): string;
  anchors?(value: T, context: ConditionContext): Anchors;
}

export function condition<T, I>(kind: ConditionKind<T, I>): ConditionKind<T, I> {
  return kind;
}

/** A condition that the change alone answers. */
export function byChange(holds: (subject: Subject) => boolean, seen: (subject: Subject) => string): CompiledCondition {
  return { test: (subject) => (holds(subject) ? YES : NO), seen };
}

export function byTime(holds: (now: number) => boolean, seen: (now: number) => string): CompiledCondition {
  return {
    test(subject) {
      if (subject.facts !== null && !Number.isNaN(subject.facts.now)) return holds(subject.facts.now) ? YES : NO;
      subject.missing |= TIME;
      return UNKNOWN;
    },
    seen: ({ facts }) => (facts === null ? 'the time is not known yet' : seen(facts.now)),
  };
}

/** As {@link byAttributes}, for what is a matter of the time as well. */
export function byAttributesAndTime(...given: Parameters<typeof byAttributes>): CompiledCondition {
  const inner = byAttributes(...given);
  return {
    ...inner,
    test: (subject) => (subject.facts !== null && Number.isNaN(subject.facts.now) ? UNKNOWN : inner.test(subject)),
  };
}

export function byAttributes(
  holds: (attributes: FileAttributes, facts: Facts) => boolean,
  seen: (attributes: FileAttributes, facts: Facts) => string,
): CompiledCondition {
  return {
    test(subject) {
      const { facts } = subject;
      if (facts === null || facts.attributes === undefined) {
        subject.missing |= ATTRIBUTES;
        return UNKNOWN;
      }
      return facts.attributes === null ? UNKNOWN : holds(facts.attributes, facts) ? YES : NO;
    },
    seen({ facts }) {
      if (facts === null || facts.attributes === undefined) return 'the attributes have not been asked for yet';
      return facts.attributes === null ? 'the file is gone' : seen(facts.attributes, facts);
    },
  };
}

export function byTags(
  holds: (tags: Readonly<Record<string, string>>) => boolean,
  seen: (tags: Readonly<Record<string, string>>) => string,
): CompiledCondition {
  return {
    test(subject) {
      const tags = subject.facts?.tags;
      if (tags === undefined) {
        subject.missing |= TAGS;
        return UNKNOWN;
      }
      return tags === null ? UNKNOWN : holds(tags) ? YES : NO;
    },
    seen({ facts }) {
      if (facts?.tags === undefined) return 'the tags have not been asked for yet';
      return facts.tags === null ? 'the file is gone' : seen(facts.tags);
    },
  };
}
