import type { LedgerRow, VerifyRow } from '@qwarden/engine';
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
