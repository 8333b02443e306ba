import { createHash } from 'node:crypto';
import type { ActionInput } from '../port.ts';

/** The cluster takes at most so many characters for a name; its number and our mark come on top. */
const LONGEST = 200;

/** The end of a snapshot's name: which rule and step it is of, and which job. The same in every try, so that a job makes one. */
export function markOf(job: ActionInput<unknown>['job']): { readonly rule: string; readonly whole: string } {
  const rule = `-${digest(`${job.rule}\0${job.step}`)}`;
  return { rule, whole: `${rule}-${digest(`${job.key}\0${job.match}`)}` };
}

/** A slash would make a path of it: names of snapshots are names of directories under `.snapshot`. */
export function cleanName(text: string): string {
  const name = text.replaceAll(/[/\0]/g, '_');
  return Array.from(name).slice(0, LONGEST).join('');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
