/** May this caller do that? Privileges first, then the mode or the ACL. */
import { type Caller, fullAccess, readAccess } from '../caller.ts';
import { accessDenied } from '../errors.ts';
import { type Inode, kindDirectory } from '../inode.ts';
import { evaluate, everyone, fileGroup, fileOwner, implicitRights, ownerRights, quickRights } from './acl.ts';
import { allRights, posixOwnerRights, readBypassRights } from './rights.ts';

/** S-1-5-11: everybody who logged in, so every caller. */
export const authenticatedUsers = (0x0000_0000_0000_000bn + (5n << 32n)).toString();

/** Every id under which the caller is known to an object: his own, his groups', and the roles he has there. */
export const knownAs = (caller: Caller, node: Inode) => {
  const owner = caller.authId === node.owner;
  const group = caller.groupIds.includes(node.group);
  return (who: string): boolean => {
    if (who === everyone || who === authenticatedUsers || who === caller.authId) return true;
    if (who === fileOwner || who === ownerRights) return owner;
    if (who === fileGroup) return group;
    return caller.groupIds.includes(who);
  };
};

/** Rights of a caller on an object by its permissions alone. */
export const permittedRights = (caller: Caller, node: Inode): number => {
  const owner = caller.authId === node.owner;
  if (node.acl !== undefined) {
    return evaluate(node.acl, knownAs(caller, node), node.kind === kindDirectory) | implicitRights(node.acl, owner);
  }
  const directory = node.kind === kindDirectory;
  if (owner) return quickRights(node.mode >> 6, directory) | posixOwnerRights;
  return quickRights(caller.groupIds.includes(node.group) ? node.mode >> 3 : node.mode, directory);
};

/** Rights of a caller, bypass privileges included. */
export const rightsOf = (caller: Caller, node: Inode): number => {
  if (caller.privileges.has(fullAccess)) return allRights;
  const rights = permittedRights(caller, node);
  return caller.privileges.has(readAccess) ? rights | readBypassRights : rights;
};

export const may = (caller: Caller, node: Inode, rights: number): boolean =>
  caller.privileges.has(fullAccess) || (rightsOf(caller, node) & rights) === rights;

/** @throws FsError fs_access_denied_error */
export const demand = (caller: Caller, node: Inode, rights: number): void => {
  if (!may(caller, node, rights)) throw accessDenied(`file ${node.id}`);
};
