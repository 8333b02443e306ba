import { createHash } from 'node:crypto';
import type { ActionInput } from '../port.ts';

/** What templates in the parameters of actions may name, with what it stands for. */
export const TEMPLATE_VARIABLES = {
  path: 'absolute path of the file now',
  name: 'its name, extension included',
  stem: 'its name without the last extension',
  ext: 'its last extension with the dot, empty when there is none',
  directory: 'absolute path of its directory',
  file_id: 'its id on the cluster',
  matched_path:
    'absolute path that the change told, which the rule matched: where the file was before an earlier step moved it',
  moved_from: 'its path before the rename that triggered this, else empty',
  event: 'type of the change that triggered this, as the cluster calls it',
  rule: 'name of the rule',
  date: 'day of the change, UTC, 2031-12-31',
  time: 'time of day of the change, UTC, 235959',
  timestamp: 'time of the change, UTC, 2031-12-31T23:59:59Z',
  year: 'year of the change',
  month: 'month of the change, 01 to 12',
  day: 'day of the month of the change, 01 to 31',
  hash8: 'eight hexadecimal digits that stay the same for the file, whatever its name',
  job: 'key of the job, the same in every try',
} as const;

export type TemplateVariable = keyof typeof TEMPLATE_VARIABLES;
export type TemplateValues = Readonly<Record<TemplateVariable, string>>;

/** The values for one job. They do not change from one try to the next, so that run twice is run once. */
export function templateValues(input: Pick<ActionInput<unknown>, 'change' | 'subject' | 'job'>): TemplateValues {
  const { change, subject, job } = input;
  const slash = subject.path.lastIndexOf('/');
  const name = subject.path.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  // A dot at the beginning hides a file, it begins no extension.
  const at = dot > 0 ? dot : name.length;
  const iso = new Date(change.at).toISOString();
  return {
    path: subject.path,
    name,
    stem: name.slice(0, at),
    ext: name.slice(at),
    directory: subject.path.slice(0, Math.max(1, slash)),
    file_id: subject.fileId,
    matched_path: change.path,
    moved_from: change.movedFrom ?? '',
    event: change.type,
    rule: job.rule,
    date: iso.slice(0, 10),
    time: iso.slice(11, 19).replaceAll(':', ''),
    timestamp: `${iso.slice(0, 19)}Z`,
    year: iso.slice(0, 4),
    month: iso.slice(5, 7),
    day: iso.slice(8, 10),
    hash8: createHash('sha256').update(subject.fileId).digest('hex').slice(0, 8),
    job: job.key.replaceAll('\0', '/'),
  };
}
