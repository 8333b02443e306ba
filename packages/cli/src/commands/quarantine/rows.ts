import type { QuarantineEntry } from '@qwarden/engine';
import { basename } from 'node:path';
import type { RowShape } from '../../output/print.ts';

/** `1003045-8c9a013a`: how an entry is called on the command line. */
export function entryName({ cell }: QuarantineEntry): string {
  return basename(cell.directory);
}

export const entryShape: RowShape<QuarantineEntry> = {
  table: [
    ['ENTRY', entryName],
    ['SINCE', ({ manifest, cell }) => manifest?.quarantined_at ?? basename(cell.day)],
    ['SIZE', ({ manifest }) => manifest?.size ?? '-'],
    ['RULE', ({ manifest }) => manifest?.rule ?? '-'],
    ['PROBLEM', ({ problem }) => problem ?? '-'],
    ['CAME FROM', ({ manifest }) => manifest?.path ?? '-'],
  ],
  fields: [
    ['entry', entryName],
    ['path', ({ manifest }) => manifest?.path ?? null],
    ['fileId', ({ manifest }) => manifest?.file_id ?? null],
    ['type', ({ manifest }) => manifest?.type ?? null],
    ['size', ({ manifest }) => manifest?.size ?? null],
    ['rule', ({ manifest }) => manifest?.rule ?? null],
    ['reason', ({ manifest }) => manifest?.reason ?? null],
    ['quarantinedAt', ({ manifest }) => manifest?.quarantined_at ?? null],
    ['quarantinePath', ({ file }) => file?.path ?? null],
    ['manifest', ({ cell }) => cell.manifest],
    ['problem', ({ problem }) => problem ?? null],
  ],
};

export interface DoneRow {
  readonly entry: QuarantineEntry;
  readonly verdict: 'restored' | 'would-restore' | 'purged' | 'would-purge' | 'failed';
  readonly message: string;
}

export const doneShape: RowShape<DoneRow> = {
  table: [
    ['VERDICT', ({ verdict }) => verdict],
    ['ENTRY', ({ entry }) => entryName(entry)],
    ['MESSAGE', ({ message }) => message],
  ],
  fields: [
    ['entry', ({ entry }) => entryName(entry)],
    ['path', ({ entry }) => entry.manifest?.path ?? null],
    ['fileId', ({ entry }) => entry.manifest?.file_id ?? null],
    ['verdict', ({ verdict }) => verdict],
    ['message', ({ message }) => message],
  ],
};
