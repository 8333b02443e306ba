import { z } from 'zod';
import { oneOrMany } from '../schema/text.ts';
import { condition } from './kind.ts';
import { ATTRIBUTES, NO, type Subject, type Truth, UNKNOWN, YES } from './subject.ts';
import { oneOf } from './words.ts';

type Wanted = 'file' | 'directory' | 'symlink';

export const type = condition({
  schema: oneOrMany<Wanted, Wanted>(z.enum(['file', 'directory', 'symlink'])),
  needs: 'attributes',
  summary:
    '`file`, `directory` or `symlink`. The event tells directories from the rest; for the difference between a file and a symlink the cluster is asked. What is gone counts as what its event said.',
  example: 'type: directory',
  compile(values) {
    const wanted = new Set(values);
    const yes = (what: Wanted): Truth => (wanted.has(what) ? YES : NO);
    return {
      test(subject): Truth {
        const { kind } = subject.change;
        if (kind === 'directory') return yes('directory');
        if (kind === 'file' && !wanted.has('file') && !wanted.has('symlink')) return NO;
        const attributes = subject.facts?.attributes;
        if (attributes === undefined) {
          subject.missing |= ATTRIBUTES;
          return UNKNOWN;
        }
        if (attributes === null) return kind === 'file' ? yes('file') : UNKNOWN;
        if (attributes.type === 'FS_FILE_TYPE_FILE') return yes('file');
        if (attributes.type === 'FS_FILE_TYPE_DIRECTORY') return yes('directory');
        return attributes.type === 'FS_FILE_TYPE_SYMLINK' ? yes('symlink') : NO;
      },
      seen,
    };
  },
  words: (values) => `a ${oneOf(values)}`,
});

function seen({ change, facts }: Subject): string {
  const attributes = facts?.attributes;
  if (change.kind === 'directory' || attributes === null || attributes === undefined) {
    return change.kind === 'unknown' ? 'what it is is not known' : `it is a ${change.kind} by its event`;
  }
  return `it is a ${attributes.type.replace('FS_FILE_TYPE_', '').replaceAll('_', ' ').toLowerCase()}`;
}
