/**
 * Access control lists: evaluation, inheritance, and the way to and from a POSIX mode.
 *
 * ACEs are judged in order; the first one that speaks about a right decides it. A mode turns into at most five ACEs (owner
 * allow, owner deny, group allow, group deny, everyone allow), which give exactly that mode back, `0000` included (FACTS 4).
 */
import {
  bitsOfRights,
  CONTAINER_INHERIT,
  CONTROL_AUTO_INHERIT,
  CONTROL_PRESENT,
  INHERIT_ONLY,
  INHERITED,
  NO_PROPAGATE_INHERIT,
  OBJECT_INHERIT,
  onDirectory,
  posixOwnerRights,
  READ_ACL,
  rightsOfBits,
  WRITE_ACL,
} from './rights.ts';

/** Rights, flags and control are bit masks (rights.ts); `who` is an auth_id. */
export type Ace = { readonly allow: boolean; readonly flags: number; readonly who: string; readonly rights: number };
/** Never changed, so files may share one. */
export type Acl = { readonly control: number; readonly aces: readonly Ace[] };

export const maxAces = 200;

/** auth_ids with a meaning of their own (FACTS 4, owner row). */
export const everyone = (2n << 32n).toString();
export const fileOwner = 0xffff_fffe_0000_0001n.toString();
export const fileGroup = 0xffff_fffe_0000_0002n.toString();
export const creatorOwner = 0xffff_ffff_0000_0000n.toString();
export const creatorGroup = 0xffff_ffff_0000_0001n.toString();
export const ownerRights = 0xffff_ffff_0000_0004n.toString();

const posixBits = (bits: number, directory: boolean): number =>
  rightsOfBits(bits, directory) & ~rightsOfBits(0, directory);

/** The ACL that chmod writes. */
export const aclOfMode = (mode: number, directory: boolean): Acl => {
  const [owner, group, other] = [(mode >> 6) & 7, (mode >> 3) & 7, mode & 7];
  const aces: Ace[] = [];
  const add = (allow: boolean, who: string, rights: number) => {
    if (rights !== 0) aces.push({ allow, flags: 0, who, rights });
  };
  const of = (bits: number) => rightsOfBits(bits, directory);
  const denied = (bits: number, rest: number) => posixBits(rest, directory) & ~posixBits(bits, directory);
  add(true, fileOwner, of(owner) | posixOwnerRights);
  add(false, fileOwner, denied(owner, group | other));
  add(true, fileGroup, of(group));
  add(false, fileGroup, denied(group, other));
  add(true, everyone, of(other));
  return { control: CONTROL_PRESENT, aces };
};

/** Rights that the ACL of a file or directory gives to somebody known under several ids. */
export const evaluate = (acl: Acl, is: (who: string) => boolean, directory: boolean): number => {
  let allowed = 0;
  let decided = 0;
  for (const ace of acl.aces) {
    if ((ace.flags & INHERIT_ONLY) !== 0 || !is(ace.who)) continue;
    const rights = directory ? onDirectory(ace.rights) : ace.rights;
    if (ace.allow) allowed |= rights & ~decided;
    decided |= rights;
  }
  return allowed;
};

/** One of the three classes of a mode: the ids under which it is known. */
export type ModeClass = { readonly is: (who: string) => boolean };

/** Owner, group, others. */
export const classesOf = (owner: string, group: string): readonly [ModeClass, ModeClass, ModeClass] => [
  { is: (who) => who === fileOwner || who === ownerRights || who === owner || who === everyone },
  { is: (who) => who === fileGroup || who === group || who === everyone },
  { is: (who) => who === everyone },
];

/** The nine permission bits that an ACL amounts to. */
export const modeOfAcl = (acl: Acl, directory: boolean, owner: string, group: string): number => {
  const [first, second, third] = classesOf(owner, group);
  const bits = ({ is }: ModeClass) => bitsOfRights(evaluate(acl, is, directory), directory);
  return (bits(first) << 6) | (bits(second) << 3) | bits(third);
};

/** An entry for Owner Rights takes the place of what owners have anyway ([D] CLI fs.py, rights explanation). */
export const suppressesOwner = (acl: Acl): boolean =>
  acl.aces.some((ace) => ace.who === ownerRights && (ace.flags & INHERIT_ONLY) === 0);

/** Owners can always read and change permissions. */
export const implicitRights = (acl: Acl, isOwner: boolean): number =>
  isOwner && !suppressesOwner(acl) ? READ_ACL | WRITE_ACL : 0;

const inherits = (ace: Ace, directory: boolean): boolean =>
  directory
    ? (ace.flags & CONTAINER_INHERIT) !== 0 ||
      ((ace.flags & OBJECT_INHERIT) !== 0 && (ace.flags & NO_PROPAGATE_INHERIT) === 0)
    : (ace.flags & OBJECT_INHERIT) !== 0;

const memo = new WeakMap<Acl, { file: Acl | null; directory: Acl | null }>();

/** What a new object gets from its parent's ACL; undefined when nothing is inheritable. Equal answers are one object. */
export const inheritAcl = (parent: Acl, directory: boolean): Acl | undefined => {
  let known = memo.get(parent);
  if (known === undefined) {
    known = { file: inherit(parent, false), directory: inherit(parent, true) };
    memo.set(parent, known);
  }
  return (directory ? known.directory : known.file) ?? undefined;
};

const inherit = (parent: Acl, directory: boolean): Acl | null => {
  const aces: Ace[] = [];
  for (const ace of parent.aces) {
    if (!inherits(ace, directory)) continue;
    const who = ace.who === creatorOwner ? fileOwner : ace.who === creatorGroup ? fileGroup : ace.who;
    if (!directory) {
      aces.push({ allow: ace.allow, who, rights: ace.rights, flags: INHERITED });
      continue;
    }
    const passesOn = (ace.flags & NO_PROPAGATE_INHERIT) === 0;
    const here = (ace.flags & CONTAINER_INHERIT) !== 0;
    const onward = passesOn ? ace.flags & (OBJECT_INHERIT | CONTAINER_INHERIT) : 0;
    if (here && who === ace.who) aces.push({ allow: ace.allow, who, rights: ace.rights, flags: onward | INHERITED });
    else {
      // A creator stands for whoever makes the next object, so the directory keeps the original for its own children.
      if (here) aces.push({ allow: ace.allow, who, rights: ace.rights, flags: INHERITED });
      if (passesOn) aces.push({ ...ace, flags: onward | INHERIT_ONLY | INHERITED });
    }
  }
  return aces.length === 0 ? null : { control: CONTROL_PRESENT | CONTROL_AUTO_INHERIT, aces };
};

const tables = [false, true].map((directory) => Array.from({ length: 8 }, (_, bits) => rightsOfBits(bits, directory)));

/** Rights of one octal digit, from a table. */
export const quickRights = (bits: number, directory: boolean): number => tables[directory ? 1 : 0]?.[bits & 7] ?? 0;
