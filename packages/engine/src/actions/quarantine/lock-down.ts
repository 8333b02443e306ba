import type { Acl, AclRight } from '@qwarden/qumulo-client';
import { call } from '../files/call.ts';
import type { Found } from '../files/found.ts';
import type { ActionContext } from '../port.ts';

const LOCKED_DOWN = '0000';
/** Who has one of these gets at what is in it. */
const OPENING: ReadonlySet<AclRight> = new Set<AclRight>([
  'READ',
  'EXECUTE',
  'MODIFY',
  'EXTEND',
  'ADD_FILE',
  'ADD_SUBDIR',
  'DELETE_CHILD',
  'ACCESS_RIGHTS_ALL',
]);

/**
 * Takes all permissions away. The mode alone does not tell: an ACL that lets in single users may show as 0000, too. A mode rewrites the ACL
 * (FACTS 4); should it not do so when it is the same one, the ACL is emptied.
 * @param path where it is now
 */
export async function lockDown(context: ActionContext, found: Found, path: string): Promise<void> {
  const { files } = context.cluster;
  const { id } = found;
  const effect = (make: () => Promise<unknown>) =>
    context.effect([{ fileId: id, types: ['child_acl_changed'], at: path }], make);
  const acl = async () => (await files.getAcl(id, call(context))).data;
  if (found.attributes.mode === LOCKED_DOWN && !opens(await acl())) return;
  await effect(() => files.setAttributes(id, { mode: LOCKED_DOWN }, call(context)));
  const now = await acl();
  if (opens(now)) await effect(() => files.setAcl(id, { ...now, aces: [] }, call(context)));
}

function opens({ aces }: Acl): boolean {
  return aces.some(({ type, rights }) => type === 'ALLOWED' && rights.some((right) => OPENING.has(right)));
}
