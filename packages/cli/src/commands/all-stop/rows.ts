import { partName, type ResumedPart, scopeName, type StopPart, type StopRecord } from '@qwarden/engine';
import type { RowShape } from '../../output/print.ts';

export interface StatusRow {
  readonly record: StopRecord;
  /** Absent when it was cut off before it had found any. */
  readonly part: StopPart | undefined;
  readonly stateDir: string;
}

export const statusShape: RowShape<StatusRow> = {
  table: [
    ['STOP', ({ record }) => record.id],
    ['STATE', ({ record }) => record.state],
    ['SINCE', ({ record }) => record.startedAt],
    ['RULE', ({ record }) => record.cause.rule],
    ['IS', partState],
    ['PART', ({ part }) => (part === undefined ? '-' : partName(part))],
  ],
  fields: [
    ['stop', ({ record }) => record.id],
    ['state', ({ record }) => record.state],
    ['scope', ({ record }) => scopeName(record.scope)],
    ['mode', ({ record }) => record.mode],
    ['cluster', ({ record }) => record.cluster],
    ['startedAt', ({ record }) => record.startedAt],
    ['endedAt', ({ record }) => record.endedAt],
    ['rule', ({ record }) => record.cause.rule],
    ['path', ({ record }) => record.cause.path],
    ['change', ({ record }) => record.cause.change],
    ['kind', ({ part }) => part?.kind ?? null],
    ['id', ({ part }) => part?.id ?? null],
    ['name', ({ part }) => part?.name ?? null],
    ['is', partState],
    ['before', ({ part }) => (part === undefined ? null : JSON.stringify(part.before))],
    ['stateDir', ({ stateDir }) => stateDir],
  ],
};

function partState({ record, part }: StatusRow): string {
  if (part === undefined) return '-';
  if (part.restored) return 'restored';
  if (part.left !== null) return 'stopped';
  return record.state === 'stopped' ? 'gone' : 'NOT stopped';
}

export interface ResumeRow {
  readonly record: StopRecord;
  readonly result: ResumedPart;
}

export const resumeShape: RowShape<ResumeRow> = {
  table: [
    ['STOP', ({ record }) => record.id],
    ['VERDICT', ({ result }) => result.verdict],
    ['PART', ({ result }) => result.name],
    ['MESSAGE', ({ result }) => result.message],
  ],
  fields: [
    ['stop', ({ record }) => record.id],
    ['state', ({ record }) => record.state],
    ['kind', ({ result }) => result.part.kind],
    ['id', ({ result }) => result.part.id],
    ['name', ({ result }) => result.part.name],
    ['verdict', ({ result }) => result.verdict],
    ['message', ({ result }) => result.message],
  ],
};
