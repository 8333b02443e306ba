export { QuarantineError } from './actions/quarantine/error.ts';
export { listQuarantine, type QuarantineEntry } from './actions/quarantine/list.ts';
export type { Manifest } from './actions/quarantine/manifest.ts';
export { purgeQuarantined } from './actions/quarantine/purge.ts';
export { type RestoreOptions, restoreQuarantined } from './actions/quarantine/restore.ts';
export type {
  CatchUpReason,
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
export { type LockRule, lockRulesOf } from './ledger/lock-rules.ts';
export type { LockRecord } from './ledger/lock-record.ts';
export { StateError, type StateErrorKind } from './ledger/state-error.ts';
export type {
  CoverageEpoch,
  Ledger,
  LedgerQuery,
  LedgerRow,
  LedgerState,
  LedgerWatch,
  LeftOut,
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
export { isGlob, pathCondition } from './ledger/path-condition.ts';
export { compileGlob, GlobError } from './rules/glob.ts';
export { compileSelection, type Selection, type SelectionOptions } from './rules/selection.ts';
export { makeDirectory } from './stores/make-directory.ts';
export { type Finding, findingsOf } from './examine/finding.ts';
export { masked } from './actions/secrets/mask.ts';
export { openFilelock } from './open.ts';
export { examineStore } from './open-examination.ts';
export { openLedger } from './open-ledger.ts';
export { holderOfStateDir } from './stores/sqlite/process-lock.ts';
export { openQueue, openQueueReader, openRedisQueue, openStopRecords } from './open-queue.ts';
export { jobHandle } from './queue/handle.ts';
export type { AttemptTrace, JobFilter, JobState, MatchTrace, QueueReader, QueueStore, RuleJob } from './queue/port.ts';
export { changesOrNone, type RecordedChange, recordedChanges } from './events/recorded.ts';
export { type Story, type StoryMatch, type StoryOf, type StoryPart, tellStory } from './monitor/story.ts';
export { isBelow } from './text/below.ts';
export { sentence } from './text/sentence.ts';
export { startupChecks, type StartupQuestion } from './filelock/startup-checks.ts';
export { verifyLedger } from './ledger/verify.ts';
export type { Cluster } from './cluster.ts';
export { type ActionStores, builtinActions, createActions } from './actions/catalog.ts';
export {
  grantCommand,
  LOCK_PRIVILEGE,
  newRoleCommands,
  privilegeNamedIn,
  privilegesOfFilelock,
  privilegesOfRules,
  type WantedPrivilege,
} from './actions/privileges.ts';
export { privilegesReference } from './actions/roles.ts';
export { partName } from './actions/all-stop/inventory.ts';
export type { StopPart, StopRecord } from './actions/all-stop/record.ts';
export type { KeptStops, StopRecords } from './actions/all-stop/records.ts';
export {
  type ResumedPart,
  type ResumedStop,
  type ResumeOptions,
  type ResumeReport,
  resumeStops,
  type ResumeVerdict,
} from './actions/all-stop/resume.ts';
export { scopeName, UNREADABLE_REMEDY } from './actions/all-stop/words.ts';
export type { Action, ActionContext, ActionInput, ActionOutcome, Actions, Outside } from './actions/port.ts';
export { openMetrics } from './open-metrics.ts';
export { openTracing } from './open-tracing.ts';
export type { Tracing } from './tracing/port.ts';
export { Health } from './metrics/health.ts';
export type { Measured } from './metrics/measured.ts';
export type { Metrics, MetricsOptions } from './metrics/metrics.ts';
export { actionsReference } from './actions/reference.ts';
export { answersReference } from './actions/answers-reference.ts';
export { metricsReference } from './metrics/reference.ts';
export { examineReceivers, type ReceiversDeps } from './open-receivers.ts';
export { openMonitor, type MonitorDeps, type OpenMonitorOptions } from './open-monitor.ts';
export { createOutside } from './outside/index.ts';
export type { BaselineEntry, Inventory } from './inventory/port.ts';
export type { RedisQueueOptions } from './stores/redis/open.ts';
export type { Monitor } from './monitor/engine.ts';
export type { MonitorRole } from './monitor/options.ts';
export type { MonitorStatus, MonitorSummary } from './monitor/status.ts';
export type { MonitorCounters, MonitorEvent, MonitorEventKind } from './monitor/events.ts';
export { loadRuleFile } from './monitor/load-rule-file.ts';
export type { LoadOutcome } from './monitor/rule-book.ts';
export type { Arrival } from './events/arrival.ts';
export type { Change } from './events/change.ts';
export { kindOfType } from './events/from-batch.ts';
export { FactsSource } from './monitor/facts.ts';
export { type Backtest, backtest, type BacktestRow } from './monitor/backtest.ts';
export { RenameJoiner, type JoinerState } from './events/joiner.ts';
export {
  changeGroups,
  type ChangeGroup,
  type ChangeType,
  changeTypes,
  defaultGroups,
  expandTypes,
} from './events/kinds.ts';
export type { ActionCatalog } from './rules/catalog.ts';
export type { Facts } from './rules/facts.ts';
export { loadRules, type LoadOptions, type LoadResult } from './rules/load/load-rules.ts';
export { formatProblem, type Problem } from './rules/load/problem.ts';
export { MatchCounts, type MatchCountsState } from './rules/match/counts.ts';
export { describeRule } from './rules/match/describe.ts';
export { diffRuleSets, type RuleSetDiff } from './rules/match/diff.ts';
export type { Explanation, Reason } from './rules/match/explain.ts';
export { type Candidate, compileRules, type Matcher, type Verdict } from './rules/match/matcher.ts';
export { rulesJsonSchema } from './rules/reference/json-schema.ts';
export { rulesReference } from './rules/reference/markdown.ts';
export type { Rule, RuleCount, RuleLimits, RuleSet, RuleStep } from './rules/rule.ts';
export { formatDuration, parseDuration } from './rules/schema/duration.ts';
export type { RuleMode } from './rules/schema/rule.ts';
export type { Where } from './rules/schema/where.ts';
export { maskedRuleText } from './rules/masked-text.ts';
export { migrate, type MigrateResult } from './rules/seed/migrate.ts';
export { RuleTextError } from './rules/text-error.ts';
export { nearest } from './words/nearest.ts';
