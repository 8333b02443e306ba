import { z } from 'zod';
import type { Change } from '../../events/change.ts';
import { extension } from './extension.ts';
import type { ConditionContext } from './kind.ts';
import { name } from './name.ts';
import { path } from './path.ts';
import { Subject, YES } from './subject.ts';
import { temporary } from './temporary.ts';
import { under } from './under.ts';
import { oneOf } from './words.ts';

/** Conditions that a path alone answers, and so an old one too. */
const kinds = { under, name, path, extension, temporary } as const;
type Key = keyof typeof kinds;
const keys: readonly Key[] = ['under', 'name', 'path', 'extension', 'temporary'];

/** What an old path must be like. Several keys in one object all have to hold. */
export type OldPath = { readonly [K in Key]?: z.output<(typeof kinds)[K]['schema']> | undefined } & {
  readonly all?: readonly OldPath[] | undefined;
  readonly any?: readonly OldPath[] | undefined;
  readonly not?: OldPath | undefined;
};

export const oldPathSchema: z.ZodType<OldPath> = z
  .strictObject({
    under: under.schema.optional(),
    name: name.schema.optional(),
    path: path.schema.optional(),
    extension: extension.schema.optional(),
    temporary: temporary.schema.optional(),
    all: z
      .array(z.lazy(() => oldPathSchema))
      .min(1)
      .optional(),
    any: z
      .array(z.lazy(() => oldPathSchema))
      .min(1)
      .optional(),
    not: z.lazy(() => oldPathSchema).optional(),
  })
  .refine((where) => Object.keys(where).length > 0, 'There is no condition here: it would match every rename.')
  .meta({ id: 'old_path', minProperties: 1 });

/** Whether the old path of a rename meets it. */
export function compileOldPath(where: OldPath, context: ConditionContext): (change: Change, old: string) => boolean {
  const test = compile(where, context);
  const subject = new Subject(NOTHING);
  return (change, old) => {
    subject.reset({ ...change, path: old });
    return test(subject);
  };
}

const NOTHING: Change = {
  id: '',
  type: 'child_file_renamed',
  fileId: '',
  path: '/',
  movedFrom: null,
  kind: 'unknown',
  stream: null,
  at: 0,
  lineage: 0,
};

function compile(where: OldPath, context: ConditionContext): (subject: Subject) => boolean {
  const tests: ((subject: Subject) => boolean)[] = [];
  for (const key of keys) {
    const one = leaf(key, where, context);
    if (one !== undefined) tests.push(one);
  }
  for (const one of where.all ?? []) tests.push(compile(one, context));
  if (where.any !== undefined) {
    const alternatives = where.any.map((one) => compile(one, context));
    tests.push((subject) => alternatives.some((test) => test(subject)));
  }
  if (where.not !== undefined) {
    const refused = compile(where.not, context);
    tests.push((subject) => !refused(subject));
  }
  return (subject) => tests.every((test) => test(subject));
}

function leaf(key: Key, where: OldPath, context: ConditionContext): ((subject: Subject) => boolean) | undefined {
  const compiled = compileLeaf(key, where, context);
  return compiled === undefined ? undefined : (subject) => compiled.test(subject) === YES;
}

/** Key and value belong together; apart, the compiler cannot follow that. */
function compileLeaf(key: Key, where: OldPath, context: ConditionContext) {
  switch (key) {
    case 'under':
      return where.under && under.compile(where.under, context);
    case 'name':
      return where.name && name.compile(where.name, context);
    case 'path':
      return where.path && path.compile(where.path, context);
    case 'extension':
      return where.extension && extension.compile(where.extension, context);
    case 'temporary':
      return where.temporary === undefined ? undefined : temporary.compile(where.temporary, context);
    default:
      return key satisfies never;
  }
}

/** `below /a`, or `(below /a and not (name like "*.part"))`: without brackets the rest would seem to be about the new path. */
export function oldPathWords(where: OldPath): string {
  const parts = partsOf(where);
  return parts.length === 1 ? parts.join('') : `(${parts.join(' and ')})`;
}

function partsOf(where: OldPath): readonly string[] {
  const parts = [
    where.under && under.words(where.under),
    where.name && name.words(where.name),
    where.path && path.words(where.path),
    where.extension && extension.words(where.extension),
    where.temporary === undefined ? undefined : temporary.words(where.temporary),
    ...(where.all ?? []).map(oldPathWords),
    where.any && `(${oneOf(where.any.map(oldPathWords))})`,
    where.not && `not (${partsOf(where.not).join(' and ')})`,
  ];
  return parts.filter((part) => part !== undefined);
}
