import type { Ace, AclRight } from '@qwarden/qumulo-client';

/** The 17 rights of the API (FACTS 4). */
export const RIGHTS = [
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
] as const satisfies readonly AclRight[];

/**
 * Words for what the bits of a mode stand for (FACTS 13), and for everything. What `write` is depends on what it is for. None of them has
 * SYNCHRONIZE: who is denied it cannot open the file over SMB at all.
 */
export const RIGHT_WORDS = ['read', 'write', 'execute', 'full'] as const;
type Word = (typeof RIGHT_WORDS)[number];
export type RightWord = (typeof RIGHTS)[number] | Word;

const ANYWHERE: Readonly<Record<Exclude<Word, 'write'>, readonly AclRight[]>> = {
  read: ['READ', 'READ_EA', 'READ_ATTR', 'READ_ACL'],
  execute: ['EXECUTE'],
  full: RIGHTS.filter((right) => right !== 'SYNCHRONIZE'),
};
const ON_FILES: Readonly<Record<Word, readonly AclRight[]>> = {
  ...ANYWHERE,
  write: ['WRITE_ATTR', 'WRITE_EA', 'MODIFY', 'EXTEND'],
};
const ON_DIRECTORIES: Readonly<Record<Word, readonly AclRight[]>> = {
  ...ANYWHERE,
  write: ['WRITE_ATTR', 'WRITE_EA', 'ADD_FILE', 'ADD_SUBDIR', 'DELETE_CHILD'],
};

/** Rights in the order of the API, each once. Whoever is allowed anything gets SYNCHRONIZE, as from `qq`: without it SMB opens nothing (FACTS 13). */
export function rightsOf(words: readonly RightWord[], type: Ace['type'], isDirectory: boolean): AclRight[] {
  const meaning = isDirectory ? ON_DIRECTORIES : ON_FILES;
  const wanted = new Set(words.flatMap((word) => (isWord(word) ? meaning[word] : [word])));
  if (type === 'ALLOWED') wanted.add('SYNCHRONIZE');
  return RIGHTS.filter((right) => wanted.has(right));
}

function isWord(word: RightWord): word is Word {
  return Object.hasOwn(ON_FILES, word);
}

type Flag = Ace['flags'][number];

/** To whom an entry of a directory is handed down. */
const FLAGS = {
  files: 'OBJECT_INHERIT',
  directories: 'CONTAINER_INHERIT',
  'only-below': 'INHERIT_ONLY',
  'one-level': 'NO_PROPAGATE_INHERIT',
  OBJECT_INHERIT: 'OBJECT_INHERIT',
  CONTAINER_INHERIT: 'CONTAINER_INHERIT',
  INHERIT_ONLY: 'INHERIT_ONLY',
  NO_PROPAGATE_INHERIT: 'NO_PROPAGATE_INHERIT',
  INHERITED: 'INHERITED',
} as const satisfies Record<string, Flag>;

export type FlagWord = keyof typeof FLAGS;

export function isFlagWord(text: string): text is FlagWord {
  return Object.hasOwn(FLAGS, text);
}

export const FLAG_WORDS: readonly string[] = Object.keys(FLAGS);

export function flagsOf(words: readonly FlagWord[]): Flag[] {
  return [...new Set(words.map((word) => FLAGS[word]))];
}
