import { jobHandle, type RuleJob } from '@qwarden/engine';
import type { RowShape } from '../../output/print.ts';
import { waitsFor } from './states.ts';

/** A job and where it is kept. */
export interface LocatedJob {
  readonly job: RuleJob;
  readonly place: string;
  readonly stateDir: string;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const jobFields: RowShape<LocatedJob>['fields'] = [
  ['job', ({ job }) => jobHandle(job.key)],
  ['state', ({ job }) => job.state],
  ['rule', ({ job }) => job.rule],
  ['ruleSet', ({ job }) => job.ruleSet],
  ['path', ({ job }) => job.path],
  ['fileId', ({ job }) => job.fileId],
  ['change', ({ job }) => job.change.type],
  ['changedAt', ({ job }) => iso(job.changedAt)],
  ['dueAt', ({ job }) => iso(job.dueAt)],
  ['step', ({ job }) => job.step],
  ['attempts', ({ job }) => job.attempts],
  ['lastError', ({ job }) => job.lastError],
  ['match', ({ job }) => job.match],
  ['stateDir', ({ stateDir }) => stateDir],
];

export const jobShape: RowShape<LocatedJob> = {
  table: [
    ['JOB', ({ job }) => jobHandle(job.key)],
    ['STATE', ({ job }) => job.state],
    ['RULE', ({ job }) => job.rule],
    ['TRIES', ({ job }) => String(job.attempts)],
    ['WAITS', ({ job }) => waitsFor(job, Date.now())],
    ['ERROR', ({ job }) => shortened(job.lastError ?? '-')],
    ['PATH', ({ job }) => job.path],
  ],
  fields: jobFields,
};

export const deadShape: RowShape<LocatedJob> = {
  table: jobShape.table.filter(([heading]) => heading !== 'WAITS'),
  fields: jobFields,
};

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
