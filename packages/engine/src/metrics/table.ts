/** One metric: the registry is made from these rows, and so is its page in the reference. */
export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** A sentence without full stop. */
  readonly help: string;
  /** Each with the values that it can have. None is a path, or a text of a user's. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly buckets?: readonly number[];
  /** Who has it; default: every process. */
  readonly from?: 'watcher' | 'store';
}

const ACTION =
  'keyword of an action; `look-inside` for directories that came with files in them, `own` for one that did not come with qwarden';
const TARGET = '`cluster` or `other` (a host that an action speaks to)';
const TO_AN_HOUR = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600] as const;

export const metricTable = {
  buildInfo: {
    name: 'qwarden_build_info',
    type: 'gauge',
    help: 'Always 1; its labels say what runs',
    labels: {
      version: 'of qwarden',
      node: 'version of Node.js',
      command: '`monitor` or `filelock`',
      role: '`all`, `watcher` or `worker`',
    },
  },
  streamState: {
    name: 'qwarden_stream_state',
    type: 'gauge',
    help: 'Whether the notification stream is in that state: 1 for one of them, 0 for the others',
    labels: { state: '`watching`, `connecting` or `down`' },
    from: 'watcher',
  },
  streamEnds: {
    name: 'qwarden_stream_ends_total',
    type: 'counter',
    help: 'Notification streams that ended, by why; each is a gap that a catch-up closes',
    labels: { reason: '`closed`, `silence`, `refused`, `protocol`, `self-removed`, `error`' },
    from: 'watcher',
  },
  gapOpen: {
    name: 'qwarden_gap_open',
    type: 'gauge',
    help: 'Whether changes may have happened that are not known yet: 1 from the end of a stream until a catch-up is done',
    from: 'watcher',
  },
  watchPaused: {
    name: 'qwarden_watch_paused',
    type: 'gauge',
    help: 'Whether the stream is not read because the queue has no room for more: 1 until its reader has caught up',
    from: 'watcher',
  },
  catchUps: {
    name: 'qwarden_catch_ups_total',
    type: 'counter',
    help: 'Walks that look for what changed in a gap, by why and how they ended; one that failed is begun again',
    labels: { reason: '`baseline` (the first of a watch), `gap` or `restart`', result: '`done` or `failed`' },
    from: 'watcher',
  },
  catchUpDuration: {
    name: 'qwarden_catch_up_duration_seconds',
    type: 'histogram',
    help: 'How long a catch-up took that was done',
    buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 14_400],
    from: 'watcher',
  },
  catchUpChanges: {
    name: 'qwarden_catch_up_changes_total',
    type: 'counter',
    help: 'Changes that catch-ups found',
    from: 'watcher',
  },
  refusals: {
    name: 'qwarden_refusals_total',
    type: 'counter',
    help: 'How often the cluster, or a target of actions, refused who we are or the watch',
    labels: { what: '`login` or `watch`' },
  },
  events: {
    name: 'qwarden_events_total',
    type: 'counter',
    help: 'Changes that were decided about',
    from: 'watcher',
  },
  toldTwice: {
    name: 'qwarden_events_told_twice_total',
    type: 'counter',
    help: 'Changes that the stream and a catch-up both told of; the second time counts for nothing',
    from: 'watcher',
  },
  matches: {
    name: 'qwarden_matches_total',
    type: 'counter',
    help: 'Changes that a rule wanted, once for each rule',
    from: 'watcher',
  },
  ownEffects: {
    name: 'qwarden_own_effects_total',
    type: 'counter',
    help: 'Changes that were recognised as effects of our own actions (loop guard)',
    from: 'watcher',
  },
  guardTrips: {
    name: 'qwarden_loop_guard_trips_total',
    type: 'counter',
    help: 'Jobs that were held back because they came back to their file again and again',
  },
  awaitedEchoes: {
    name: 'qwarden_awaited_echoes',
    type: 'gauge',
    help: 'Effects of our own that the stream has not told of yet',
  },
  logLagEvents: {
    name: 'qwarden_log_lag_events',
    type: 'gauge',
    help: 'Changes in the log that are not decided about yet',
    from: 'store',
  },
  logLagAge: {
    name: 'qwarden_log_lag_seconds',
    type: 'gauge',
    help: 'How long the oldest change that is not decided about has waited; 0 when there is none',
    from: 'store',
  },
  logBytes: {
    name: 'qwarden_log_bytes',
    type: 'gauge',
    help: 'Size of the log of changes',
    from: 'store',
  },
  jobs: {
    name: 'qwarden_jobs',
    type: 'gauge',
    help: 'Jobs in the queue: waiting ones settle or wait for another try, dead and parked ones wait for a person',
    labels: { state: '`waiting`, `due`, `running`, `dead` or `parked`' },
    from: 'store',
  },
  settling: {
    name: 'qwarden_jobs_settling',
    type: 'gauge',
    help: 'Jobs that wait for their file to stay quiet for the settle time of their rule (a part of those that wait)',
    from: 'watcher',
  },
  jobsDueAge: {
    name: 'qwarden_jobs_due_age_seconds',
    type: 'gauge',
    help: 'How long ago the job that waits longest became due; 0 when none is due',
    from: 'store',
  },
  jobsEnded: {
    name: 'qwarden_jobs_ended_total',
    type: 'counter',
    help: 'Jobs that ended in this process, by how',
    labels: { outcome: '`done`, `dead` (out of tries, or refused for good) or `parked` (held back by the loop guard)' },
  },
  steps: {
    name: 'qwarden_job_steps_total',
    type: 'counter',
    help: 'Tries of steps of jobs in this process, by action and what came of it',
    labels: {
      action: ACTION,
      outcome: '`done`, `skipped` (nothing to do), `gone`, `would` (dry run), `not-yet`, `retrying` or `failed`',
    },
  },
  retries: {
    name: 'qwarden_retries_total',
    type: 'counter',
    help: 'Steps that failed and are tried again',
  },
  effectLatency: {
    name: 'qwarden_effect_latency_seconds',
    type: 'histogram',
    help: 'Time from a change to its effect, without the settle time that its rule asks for',
    labels: { action: ACTION },
    buckets: TO_AN_HOUR,
  },
  locks: {
    name: 'qwarden_locks_total',
    type: 'counter',
    help: 'Retention locks in this process, by what came of them',
    labels: { result: '`locked`, `already-locked`, `skipped`, `forgotten`, `would` (dry run) or `failed`' },
  },
  inFlight: {
    name: 'qwarden_jobs_in_flight',
    type: 'gauge',
    help: 'Jobs that this process carries out now',
  },
  concurrencyLimit: {
    name: 'qwarden_concurrency_limit',
    type: 'gauge',
    help: 'How many jobs this process carries out at once at most; follows how the cluster answers',
  },
  breakersOpen: {
    name: 'qwarden_breakers_open',
    type: 'gauge',
    help: 'Targets that are left alone for a while because they fail',
    labels: { target: TARGET },
  },
  breakerTrips: {
    name: 'qwarden_breaker_trips_total',
    type: 'counter',
    help: 'How often it was told that a target is left alone for a while',
    labels: { target: TARGET },
  },
  apiRequests: {
    name: 'qwarden_api_requests_total',
    type: 'counter',
    help: "Calls of the cluster's API, each try counted; the notification stream is none",
    labels: {
      operation: 'method and template of the address: `GET /v1/files/{ref}/info/attributes`',
      status: 'HTTP status, or the kind of failure when no answer came (`timeout`, `reset`, …)',
    },
  },
  apiDuration: {
    name: 'qwarden_api_request_duration_seconds',
    type: 'histogram',
    help: "How long calls of the cluster's API took",
    labels: { operation: 'as above' },
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
  },
  ruleSetInfo: {
    name: 'qwarden_rule_set_info',
    type: 'gauge',
    help: 'Always 1; its label says which rules are in force',
    labels: { hash: 'first 12 digits of the hash of the rule set' },
    from: 'watcher',
  },
  rules: { name: 'qwarden_rules', type: 'gauge', help: 'Rules in force', from: 'watcher' },
  ruleLoadFailures: {
    name: 'qwarden_rules_load_failures_total',
    type: 'counter',
    help: 'Rule files that could not be read or are broken; the rules in force stay',
    from: 'watcher',
  },
  ruleFileOk: {
    name: 'qwarden_rules_last_load_successful',
    type: 'gauge',
    help: 'Whether the rules in force are those of the rule file: 0 while the file is broken',
    from: 'watcher',
  },
  ruleLoadedAt: {
    name: 'qwarden_rules_last_load_timestamp_seconds',
    type: 'gauge',
    help: 'When a rule file was last taken in, seconds since the epoch',
    from: 'watcher',
  },
  clockSkew: {
    name: 'qwarden_clock_skew_seconds',
    type: 'gauge',
    help: "How far the cluster's clock is ahead of this machine's; retention follows the cluster's",
  },
  storeUp: {
    name: 'qwarden_store_up',
    type: 'gauge',
    help: 'Whether the store answers; without it the numbers that come from it are missing',
  },
  storeOutages: {
    name: 'qwarden_store_outages_total',
    type: 'counter',
    help: 'How often a store that is a service (Redis) could not be reached',
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricTable = typeof metricTable;
