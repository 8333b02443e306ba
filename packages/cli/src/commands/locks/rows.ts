import type { CoverageEpoch, LedgerRow, VerifyRow } from '@qwarden/engine';
import type { RowShape } from '../../output/print.ts';

/** A row and where it stands. */
export interface LocatedRow {
  row: LedgerRow;
  stateDir: string;
}

export const ledgerShape: RowShape<LocatedRow> = {
  table: [
    ['STATE', ({ row }) => row.state],
    ['UNTIL', ({ row }) => row.retentionPeriod ?? '-'],
    ['HOLD', ({ row }) => (row.legalHold ? 'yes' : '-')],
    ['WHY', ({ row }) => row.lastError ?? row.why],
    ['PATH', ({ row }) => row.path],
  ],
  fields: [
    ['path', ({ row }) => row.path],
    ['fileId', ({ row }) => row.fileId],
    ['state', ({ row }) => row.state],
    ['retentionPeriod', ({ row }) => row.retentionPeriod],
    ['legalHold', ({ row }) => row.legalHold],
    ['why', ({ row }) => row.why],
    ['how', ({ row }) => row.how],
    ['seenAt', ({ row }) => row.seenAt],
    ['dueAt', ({ row }) => row.dueAt],
    ['lockedAt', ({ row }) => row.lockedAt],
    ['attempts', ({ row }) => row.attempts],
    ['lastError', ({ row }) => row.lastError],
    ['note', ({ row }) => row.note],
    ['stateDir', ({ stateDir }) => stateDir],
  ],
};

/** An epoch, its watch, and where that stands. */
export interface LocatedEpoch {
  epoch: CoverageEpoch & { readonly directoryId: string; readonly path: string };
  stateDir: string;
}

export const coverageShape: RowShape<LocatedEpoch> = {
  table: [
    ['FROM', ({ epoch }) => epoch.registeredAt ?? '-'],
    ['TO', ({ epoch }) => epoch.endedAt ?? 'now'],
    ['EVENTS', ({ epoch }) => String(epoch.events)],
    ['ENDED BY', ({ epoch }) => epoch.endReason ?? '-'],
    ['GAP BEFORE', ({ epoch }) => gapInWords(epoch)],
    ['PATH', ({ epoch }) => epoch.path],
  ],
  fields: [
    ['path', ({ epoch }) => epoch.path],
    ['directoryId', ({ epoch }) => epoch.directoryId],
    ['openedAt', ({ epoch }) => epoch.openedAt],
    ['registeredAt', ({ epoch }) => epoch.registeredAt],
    ['endedAt', ({ epoch }) => epoch.endedAt],
    ['endReason', ({ epoch }) => epoch.endReason],
    ['events', ({ epoch }) => epoch.events],
    ['gapClosedBy', ({ epoch }) => epoch.gapClosedBy],
    ['gapClosedAt', ({ epoch }) => epoch.gapClosedAt],
    ['stateDir', ({ stateDir }) => stateDir],
  ],
};

function gapInWords({ gapClosedBy }: CoverageEpoch): string {
  if (gapClosedBy === null) return 'OPEN';
  return gapClosedBy === 'start' ? 'none' : `closed by ${gapClosedBy}`;
}

export const verifyShape: RowShape<VerifyRow> = {
  table: [
    ['VERDICT', (row) => row.verdict],
    ['LEDGER', (row) => row.row?.retentionPeriod ?? '-'],
    ['CLUSTER', (row) => row.actual?.retentionPeriod ?? '-'],
    ['MESSAGE', (row) => row.message],
    ['PATH', (row) => row.path],
  ],
  fields: [
    ['path', (row) => row.path],
    ['fileId', (row) => row.fileId],
    ['verdict', (row) => row.verdict],
    ['ok', (row) => row.ok],
    ['message', (row) => row.message],
    ['ledgerState', (row) => row.row?.state ?? null],
    ['ledgerRetentionPeriod', (row) => row.row?.retentionPeriod ?? null],
    ['ledgerLegalHold', (row) => row.row?.legalHold ?? null],
    ['clusterRetentionPeriod', (row) => row.actual?.retentionPeriod ?? null],
    ['clusterLegalHold', (row) => row.actual?.legalHold ?? null],
  ],
};
