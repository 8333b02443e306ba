import type { Ace, Acl } from '@qwarden/qumulo-client';
import { sameAce } from '../files/same-acl.ts';
import type { ActionContext } from '../port.ts';
import { authIdOf } from './identity.ts';
import type { AclParams, EntryUnwanted, EntryWanted } from './schema.ts';
import { flagsOf, rightsOf } from './words.ts';

/** An ACL as the parameters want it, with every trustee looked up. */
export interface WantedAcl {
  readonly add: readonly Ace[];
  readonly remove: readonly { readonly authId: string; readonly type: Ace['type'] | undefined }[];
  readonly replace: readonly Ace[] | undefined;
}

/** @throws Stop when a trustee is not known */
export async function wantedAcl(context: ActionContext, params: AclParams, isDirectory: boolean): Promise<WantedAcl> {
  const entries = (list: readonly EntryWanted[]) => inOrder(list, (entry) => aceOf(context, entry, isDirectory));
  const resolve = async ({ trustee, type }: EntryUnwanted) => ({ authId: await authIdOf(context, trustee), type });
  return {
    add: await entries(params.add ?? []),
    remove: await inOrder(params.remove ?? [], resolve),
    replace: params.replace === undefined ? undefined : await entries(params.replace),
  };
}

/** The list afterwards; entries that are there already are not added again. */
export function changedAcl(present: Acl, wanted: WantedAcl): Acl {
  if (wanted.replace !== undefined) return { ...present, aces: [...wanted.replace] };
  const kept = present.aces.filter(
    (ace) =>
      !wanted.remove.some(({ authId, type }) => ace.trustee.auth_id === authId && (type ?? ace.type) === ace.type),
  );
  const added = wanted.add.filter((ace) => !kept.some((other) => sameAce(other, ace)));
  return { ...present, aces: inserted(kept, added) };
}

/** Where Windows wants them: denials first, then what is allowed, and what was inherited last. */
function inserted(kept: readonly Ace[], added: readonly Ace[]): Ace[] {
  const inherited = kept.findIndex(({ flags }) => flags.includes('INHERITED'));
  const end = inherited < 0 ? kept.length : inherited;
  return [
    ...added.filter(({ type }) => type === 'DENIED'),
    ...kept.slice(0, end),
    ...added.filter(({ type }) => type === 'ALLOWED'),
    ...kept.slice(end),
  ];
}

async function aceOf(context: ActionContext, entry: EntryWanted, isDirectory: boolean): Promise<Ace> {
  return {
    type: entry.type,
    flags: flagsOf(entry.flags),
    trustee: { auth_id: await authIdOf(context, entry.trustee) },
    rights: rightsOf(entry.rights, entry.type, isDirectory),
  };
}

async function inOrder<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await map(item));
  return results;
}
