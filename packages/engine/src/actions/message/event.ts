import { createHash } from 'node:crypto';
import type { ActionInput } from '../port.ts';

type Input = Pick<ActionInput<unknown>, 'change' | 'subject' | 'job' | 'outputs'>;

/** What programs are told of a match. The same in every try, so that a message that comes twice is twice the same. */
export interface EventData {
  readonly id: string;
  readonly rule: string;
  readonly step: number;
  readonly match: string;
  readonly path: string;
  readonly file_id: string;
  readonly change: {
    readonly id: string;
    readonly type: string;
    readonly time: string;
    readonly path: string;
    readonly moved_from: string | null;
    readonly kind: string;
    readonly stream: string | null;
  };
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function eventData(input: Input): EventData {
  const { change, subject, job, outputs } = input;
  return {
    id: eventId(input),
    rule: job.rule,
    step: job.step,
    match: job.match,
    path: subject.path,
    file_id: subject.fileId,
    change: {
      id: change.id,
      type: change.type,
      time: eventTime(input),
      path: change.path,
      moved_from: change.movedFrom,
      kind: change.kind,
      stream: change.stream,
    },
    outputs,
  };
}

/** One step of one match of one job, over all its tries: what a receiver recognises a repetition by. */
export function eventId({ job }: Pick<Input, 'job'>): string {
  return createHash('sha256')
    .update(JSON.stringify([job.key, job.match, job.step]))
    .digest('hex')
    .slice(0, 32);
}

export function eventTime({ change }: Pick<Input, 'change'>): string {
  return new Date(change.at).toISOString();
}
