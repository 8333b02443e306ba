/** Access rights, ACE flags and control words as bits, and the rights that mode bits stand for. */
import type { AceFlag, AceRight, AclControl } from './types.ts';

/** Bit i of a rights mask is `rightNames[i]`: the 17 names of the official CLI. */
export const rightNames = [
  'READ',
  'READ_EA',
  'READ_ATTR',
  'READ_ACL',
  'WRITE_EA',
  'WRITE_ATTR',
  'WRITE_ACL',
  'CHANGE_OWNER',
  'WRITE_GROUP',
  'DELETE',
  'EXECUTE',
  'MODIFY',
  'EXTEND',
  'ADD_FILE',
  'ADD_SUBDIR',
  'DELETE_CHILD',
  'SYNCHRONIZE',
] as const satisfies readonly AceRight[];

const bitOf = (name: AceRight): number => 1 << rightNames.indexOf(name);
const bitsOf = (...names: AceRight[]): number => names.reduce((mask, name) => mask | bitOf(name), 0);

export const READ = bitOf('READ');
export const READ_EA = bitOf('READ_EA');
export const READ_ATTR = bitOf('READ_ATTR');
export const READ_ACL = bitOf('READ_ACL');
export const WRITE_EA = bitOf('WRITE_EA');
export const WRITE_ATTR = bitOf('WRITE_ATTR');
export const WRITE_ACL = bitOf('WRITE_ACL');
export const CHANGE_OWNER = bitOf('CHANGE_OWNER');
export const WRITE_GROUP = bitOf('WRITE_GROUP');
export const DELETE = bitOf('DELETE');
export const EXECUTE = bitOf('EXECUTE');
export const MODIFY = bitOf('MODIFY');
export const EXTEND = bitOf('EXTEND');
export const ADD_FILE = bitOf('ADD_FILE');
export const ADD_SUBDIR = bitOf('ADD_SUBDIR');
export const DELETE_CHILD = bitOf('DELETE_CHILD');
export const SYNCHRONIZE = bitOf('SYNCHRONIZE');
export const allRights = (1 << rightNames.length) - 1;

/** What PRIVILEGE_FILE_READ_ACCESS gives everywhere. */
export const readBypassRights = READ | READ_EA | READ_ATTR | READ_ACL | EXECUTE | SYNCHRONIZE;

/** What everybody has on a file whose permissions are a mode: `stat` works, reading does not. */
const baseRights = bitsOf('READ_ATTR', 'READ_ACL', 'SYNCHRONIZE');
/** What the owner has on top of his mode bits. */
export const posixOwnerRights = bitsOf('WRITE_ATTR', 'WRITE_ACL', 'WRITE_GROUP');

/** Rights that one octal digit of a mode stands for. */
export const rightsOfBits = (bits: number, directory: boolean): number => {
  let rights = baseRights;
  if ((bits & 4) !== 0) rights |= READ | READ_EA;
  if ((bits & 2) !== 0)
    rights |= WRITE_ATTR | WRITE_EA | (directory ? ADD_FILE | ADD_SUBDIR | DELETE_CHILD : MODIFY | EXTEND);
  if ((bits & 1) !== 0) rights |= EXECUTE;
  return rights;
};

/**
 * What rights of a file mean on a directory: who may write data may add files, and who may extend may add directories. An
 * inheritable "Write file" entry on its root is how a bucket is opened for writing (FACTS 4).
 */
export const onDirectory = (rights: number): number =>
  rights | ((rights & MODIFY) !== 0 ? ADD_FILE : 0) | ((rights & EXTEND) !== 0 ? ADD_SUBDIR : 0);

/** The octal digit that rights amount to: all that a bit needs must be there. */
export const bitsOfRights = (rights: number, directory: boolean): number => {
  const write = directory ? ADD_FILE | ADD_SUBDIR | DELETE_CHILD : MODIFY | EXTEND;
  return ((rights & READ) !== 0 ? 4 : 0) | ((rights & write) === write ? 2 : 0) | ((rights & EXECUTE) !== 0 ? 1 : 0);
};

export const flagNames = [
  'OBJECT_INHERIT',
  'CONTAINER_INHERIT',
  'NO_PROPAGATE_INHERIT',
  'INHERIT_ONLY',
  'INHERITED',
] as const satisfies readonly AceFlag[];
export const OBJECT_INHERIT = 1;
export const CONTAINER_INHERIT = 2;
export const NO_PROPAGATE_INHERIT = 4;
export const INHERIT_ONLY = 8;
export const INHERITED = 16;

export const controlNames = [
  'PRESENT',
  'DEFAULTED',
  'TRUSTED',
  'AUTO_INHERIT',
  'PROTECTED',
] as const satisfies readonly AclControl[];
export const CONTROL_PRESENT = 1;
export const CONTROL_AUTO_INHERIT = 8;

/** Names of the set bits, in table order. */
export const namesOfMask = <T extends string>(mask: number, names: readonly T[]): T[] =>
  names.filter((_, index) => ((mask >> index) & 1) === 1);
