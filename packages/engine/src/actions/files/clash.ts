import type { z } from 'zod';
import { joinPath } from '../../rules/selection.ts';
import type { ActionContext, Zod } from '../port.ts';
import { call } from './call.ts';
import { lookAt } from './look-at.ts';
import { type Movable, moveTo, type Target } from './move-to.ts';
import { numberedName } from './names.ts';
import { failed, raced, Stop } from './stop.ts';

const WAYS = ['fail', 'number', 'skip', 'overwrite'] as const;

/** What to do when the new name is taken. */
export type OnClash = (typeof WAYS)[number];

const MOST_NUMBERS = 999;
/** So often a name may be taken between looking and moving. */
const TRIES = 5;

/** `number` unless told otherwise: nothing is lost, and nothing waits for a person. */
export function onClash(zod: Zod): z.ZodType<OnClash> {
  return zod.enum(WAYS).default('number').meta({
    description:
      'When the name is taken: `number` makes it `name (2).ext`, `fail` leaves the file and asks a person, `skip` leaves it and goes on, `overwrite` replaces what is there.',
  });
}

export interface WantedName {
  readonly directory: string;
  readonly name: string;
  readonly onClash: OnClash;
  /** Id of a file that is never overwritten: what a copy is made of. */
  readonly spare?: string | undefined;
}

/**
 * The name that it gets in a directory. Changes nothing.
 * @throws Stop `failed` or `skipped` when it gets none
 */
export async function chooseName(
  context: ActionContext,
  wanted: WantedName & { readonly id?: string },
): Promise<Target> {
  const { directory, name } = wanted;
  for (let n = 1; n <= MOST_NUMBERS; n += 1) {
    const candidate = n === 1 ? name : numberedName(name, n);
    const path = joinPath(directory, candidate);
    const there = await lookAt(context.cluster, path, call(context));
    // Names may differ in case only, and mean the same: the file itself is no clash.
    if (there === undefined || there.id === wanted.id) return { directory, name: candidate };
    switch (wanted.onClash) {
      case 'number':
        continue;
      case 'skip':
        throw new Stop({ kind: 'skipped', note: `${path} is there already` });
      case 'fail':
        throw failed(
          `${path} is there already.`,
          'Move or remove what is there, then retry the job (qwarden dead retry); or choose on_clash: number.',
        );
      case 'overwrite':
        if (there.id === wanted.spare)
          throw failed(`${path} cannot be overwritten with itself.`, 'Give the rule another directory for its copies.');
        if (there.type !== 'FS_FILE_TYPE_DIRECTORY') return { directory, name: candidate, replaces: there };
        throw failed(
          `${path} is a directory, which is not overwritten.`,
          'Move it away, then retry the job (qwarden dead retry).',
        );
      default:
        wanted.onClash satisfies never;
    }
  }
  throw failed(
    `${joinPath(directory, name)} and ${MOST_NUMBERS - 1} numbered names are taken.`,
    'Clear the directory, or give the files names that differ, for instance with {{hash8}}.',
  );
}

/** Chooses a name and moves there; the path where it is then. */
export async function moveToFreeName(context: ActionContext, what: Movable, wanted: WantedName): Promise<string> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const target = await chooseName(context, { ...wanted, id: what.id });
    if (await moveTo(context, what, target)) return joinPath(target.directory, target.name);
  }
  throw raced(`Names in ${wanted.directory} are taken faster than they can be chosen.`);
}
