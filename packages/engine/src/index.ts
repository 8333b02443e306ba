export { QuarantineError } from './actions/quarantine/error.ts';
export { listQuarantine, type QuarantineEntry } from './actions/quarantine/list.ts';
export type { Manifest } from './actions/quarantine/manifest.ts';
export { purgeQuarantined } from './actions/quarantine/purge.ts';
export { type RestoreOptions, restoreQuarantined } from './actions/quarantine/restore.ts';
export type {
  CatchUpReason,
  Arrival,
  EndReason,
  FilelockCounters,
  FilelockEvent,
  FilelockEventKind,
  FilelockStatus,
  FilelockSummary,
  LatencySummary,
} from './filelock/events.ts';
export { describePolicy, type FilelockPolicy } from './filelock/policy.ts';
export type { StartupFinding, StartupReport } from './filelock/startup-types.ts';
export type { Filelock, FilelockDeps, FilelockOptions } from './filelock/types.ts';
export { StateError, type StateErrorKind } from './ledger/state-error.ts';
export type {
  CoverageEpoch,
  Ledger,
  LedgerQuery,
  LedgerRow,
  LedgerState,
  LedgerWatch,
  VerifyOptions,
  VerifyRow,
  VerifyVerdict,
} from './ledger/types.ts';
export {
  checkRetention,
  parseRetention,
  type Retention,
  RetentionError,
  retentionEnd,
  type RetentionPeriod,
  type RetentionUntil,
} from './retention/index.ts';
export { BUILTIN_EXCLUDES } from './rules/builtin-excludes.ts';
export { GlobError } from './rules/glob.ts';
export { compileSelection, type Selection, type SelectionOptions } from './rules/selection.ts';
export { makeDirectory } from './stores/make-directory.ts';
export { openFilelock, openLedger } from './open.ts';
export { startupChecks, type StartupQuestion } from './filelock/startup-checks.ts';
export { verifyLedger } from './ledger/verify.ts';
export type { Cluster } from './cluster.ts';
