import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { graph, light, MINE, quantile, rate, shared, SOURCE } from './panels.mts';

function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(SOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*');
}

/** The dashboard of deploy/grafana: from whether it works at all, along the way of a change, down to the cluster and the process. */
export function dashboard(): Dashboard {
  const builder = new DashboardBuilder('qwarden')
    .uid('qwarden')
    .description('Watches Qumulo clusters and acts on changes of their files.')
    .tags(['qwarden', 'qumulo'])
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .timezone('browser')
    .editable()
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(choice('job', 'Job', 'label_values(qwarden_build_info, job)'))
    .withVariable(choice('instance', 'Instance', 'label_values(qwarden_build_info{job=~"$job"}, instance)'));
  for (const [title, panels] of rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  const made = builder.build();
  // Grafana links to panels by their numbers.
  for (const [n, panel] of (made.panels ?? []).entries()) panel.id = n + 1;
  return made;
}

const now = [
  light({
    title: 'Streams',
    help: 'Watchers that hear of changes, as a share of all.',
    unit: 'percentunit',
    expr: `avg(qwarden_stream_state{${MINE},state="watching"})`,
    badBelow: 1,
  }),
  light({
    title: 'Gaps open',
    help: 'Watchers that do not know yet of every change until now.',
    expr: `sum(qwarden_gap_open{${MINE}})`,
    bad: 1,
  }),
  light({
    title: 'Dead letters',
    help: 'Jobs that wait for a person: qwarden dead list.',
    expr: `sum(${shared('qwarden_jobs', 'job', ',state="dead"')})`,
    bad: 1,
  }),
  light({
    title: 'Held back',
    help: 'Jobs that the loop guard has parked: qwarden jobs list --state parked.',
    expr: `sum(${shared('qwarden_jobs', 'job', ',state="parked"')})`,
    bad: 1,
  }),
  light({
    title: 'Locks failed, 1 h',
    help: 'Files that did not get their retention lock: qwarden locks list.',
    expr: `sum(increase(qwarden_locks_total{${MINE},result="failed"}[1h]))`,
    bad: 1,
  }),
  light({
    title: 'Breakers open',
    help: 'Targets that are left alone for a while because they fail.',
    expr: `sum(qwarden_breakers_open{${MINE}})`,
    bad: 1,
  }),
  light({
    title: 'Rule files broken',
    help: 'The rules from before stay in force: qwarden rules check.',
    expr: `count(qwarden_rules_last_load_successful{${MINE}} == 0) or vector(0)`,
    bad: 1,
  }),
  light({
    title: 'Clock skew',
    help: 'Largest difference between the cluster’s clock and the machines’.',
    unit: 's',
    expr: `max(abs(qwarden_clock_skew_seconds{${MINE}}))`,
    bad: 60,
  }),
];

const changes = [
  graph({
    title: 'Changes',
    help: 'Changes that were decided about, those that rules wanted, and those that were recognised as our own doing.',
    unit: 'ops',
    queries: [
      { expr: rate('qwarden_events_total', 'instance'), legend: '{{instance}} changes' },
      { expr: rate('qwarden_matches_total', 'instance'), legend: '{{instance}} matches' },
      { expr: rate('qwarden_own_effects_total', 'instance'), legend: '{{instance}} own effects' },
      { expr: rate('qwarden_events_told_twice_total', 'instance'), legend: '{{instance}} told twice' },
    ],
  }),
  graph({
    title: 'Stream',
    help: 'Whether each watcher hears of changes, does not read because its log is full, or has a gap open; and streams that ended.',
    unit: 'short',
    queries: [
      { expr: `qwarden_stream_state{${MINE},state="watching"}`, legend: '{{instance}} watching' },
      { expr: `qwarden_watch_paused{${MINE}}`, legend: '{{instance}} paused' },
      { expr: `qwarden_gap_open{${MINE}}`, legend: '{{instance}} gap open' },
      {
        expr: `sum by (instance, reason) (increase(qwarden_stream_ends_total{${MINE}}[$__rate_interval])) > 0`,
        legend: '{{instance}} ended: {{reason}}',
      },
    ],
  }),
  graph({
    title: 'Behind',
    help: 'How long the oldest change that is not decided about has waited, and the oldest job that is due.',
    unit: 's',
    queries: [
      { expr: shared('qwarden_log_lag_seconds', 'job'), legend: '{{job}} decisions' },
      { expr: shared('qwarden_jobs_due_age_seconds', 'job'), legend: '{{job}} jobs' },
    ],
  }),
  graph({
    title: 'Log',
    help: 'Changes in the log that are not decided about yet.',
    unit: 'short',
    width: 6,
    queries: [{ expr: shared('qwarden_log_lag_events', 'job'), legend: '{{job}}' }],
  }),
  graph({
    title: 'Size of the log',
    help: 'Bytes that the log of changes takes.',
    unit: 'bytes',
    width: 6,
    queries: [{ expr: shared('qwarden_log_bytes', 'job'), legend: '{{job}}' }],
  }),
  graph({
    title: 'Catch-ups',
    help: 'Walks that look for what changed in a gap, how long they took, and what they found.',
    unit: 'short',
    queries: [
      {
        expr: `sum by (reason, result) (increase(qwarden_catch_ups_total{${MINE}}[$__rate_interval]))`,
        legend: '{{reason}} {{result}}',
      },
      { expr: `sum(increase(qwarden_catch_up_changes_total{${MINE}}[$__rate_interval]))`, legend: 'changes found' },
    ],
  }),
  graph({
    title: 'Time of catch-ups',
    help: 'Median and slowest tenth.',
    unit: 's',
    queries: [
      { expr: quantile(0.5, 'qwarden_catch_up_duration_seconds', 'job'), legend: '{{job}} median' },
      { expr: quantile(0.9, 'qwarden_catch_up_duration_seconds', 'job'), legend: '{{job}} 90 %' },
    ],
  }),
];

const jobs = [
  graph({
    title: 'Queue',
    help: 'Jobs by state. Waiting ones settle, or wait for another try.',
    unit: 'short',
    stacked: true,
    queries: [
      { expr: shared('qwarden_jobs', 'job, state'), legend: '{{job}} {{state}}' },
      { expr: `sum by (job) (qwarden_jobs_settling{${MINE}})`, legend: '{{job}} settling (of the waiting)' },
    ],
  }),
  graph({
    title: 'Time from change to effect',
    help: 'Without the settle time of the rule. Median and slowest hundredth by action.',
    unit: 's',
    queries: [
      { expr: quantile(0.5, 'qwarden_effect_latency_seconds', 'action'), legend: '{{action}} median' },
      { expr: quantile(0.99, 'qwarden_effect_latency_seconds', 'action'), legend: '{{action}} 99 %' },
    ],
  }),
  graph({
    title: 'Jobs that ended',
    help: 'By how; with those that are tried again.',
    unit: 'ops',
    queries: [
      { expr: rate('qwarden_jobs_ended_total', 'outcome'), legend: '{{outcome}}' },
      { expr: rate('qwarden_retries_total', 'job'), legend: '{{job}} tried again' },
      { expr: rate('qwarden_loop_guard_trips_total', 'job'), legend: '{{job}} held back' },
    ],
  }),
  graph({
    title: 'Steps',
    help: 'Tries of steps by action and what came of them.',
    unit: 'ops',
    stacked: true,
    queries: [{ expr: rate('qwarden_job_steps_total', 'action, outcome'), legend: '{{action}} {{outcome}}' }],
  }),
  graph({
    title: 'Retention locks',
    help: 'By what came of them.',
    unit: 'ops',
    stacked: true,
    queries: [{ expr: rate('qwarden_locks_total', 'result'), legend: '{{result}}' }],
  }),
  graph({
    title: 'At work',
    help: 'Jobs that each process carries out, the most that it would, and effects whose echo is awaited.',
    unit: 'short',
    queries: [
      { expr: `qwarden_jobs_in_flight{${MINE}}`, legend: '{{instance}} in flight' },
      { expr: `qwarden_concurrency_limit{${MINE}}`, legend: '{{instance}} limit' },
      { expr: `qwarden_awaited_echoes{${MINE}}`, legend: '{{instance}} echoes awaited' },
    ],
  }),
];

const cluster = [
  graph({
    title: 'Calls by status',
    help: 'Each try is counted; the kind of failure stands where no answer came.',
    unit: 'reqps',
    stacked: true,
    queries: [{ expr: rate('qwarden_api_requests_total', 'status'), legend: '{{status}}' }],
  }),
  graph({
    title: 'Time of calls',
    help: 'Slowest twentieth by operation.',
    unit: 's',
    queries: [{ expr: quantile(0.95, 'qwarden_api_request_duration_seconds', 'operation'), legend: '{{operation}}' }],
  }),
  graph({
    title: 'Breakers and refusals',
    help: 'How often a target was left alone for a while, and how often we were refused.',
    unit: 'short',
    queries: [
      { expr: `qwarden_breakers_open{${MINE}}`, legend: '{{instance}} open: {{target}}' },
      {
        expr: `sum by (target) (increase(qwarden_breaker_trips_total{${MINE}}[$__rate_interval]))`,
        legend: 'trips: {{target}}',
      },
      {
        expr: `sum by (what) (increase(qwarden_refusals_total{${MINE}}[$__rate_interval]))`,
        legend: 'refused: {{what}}',
      },
    ],
  }),
  graph({
    title: 'Clock skew',
    help: 'How far the cluster’s clock is from the machine’s, ahead or behind.',
    unit: 's',
    queries: [{ expr: `abs(qwarden_clock_skew_seconds{${MINE}})`, legend: '{{instance}}' }],
  }),
];

const processes = [
  graph({
    title: 'Memory',
    help: 'Resident.',
    unit: 'bytes',
    width: 8,
    queries: [{ expr: `process_resident_memory_bytes{${MINE}}`, legend: '{{instance}}' }],
  }),
  graph({
    title: 'CPU',
    help: 'Of one core.',
    unit: 'percentunit',
    width: 8,
    queries: [{ expr: rate('process_cpu_seconds_total', 'instance'), legend: '{{instance}}' }],
  }),
  graph({
    title: 'Event loop',
    help: 'How late it runs, slowest hundredth.',
    unit: 's',
    width: 8,
    queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${MINE}}`, legend: '{{instance}}' }],
  }),
  graph({
    title: 'Rules',
    help: 'Rules in force, rule files that could not be taken in, and the hash of what is in force: all watchers of a directory should have the same.',
    unit: 'short',
    queries: [
      { expr: `qwarden_rules{${MINE}}`, legend: '{{instance}} rules' },
      { expr: `qwarden_rule_set_info{${MINE}}`, legend: '{{instance}} has {{hash}}' },
      {
        expr: `increase(qwarden_rules_load_failures_total{${MINE}}[$__rate_interval])`,
        legend: '{{instance}} load failures',
      },
    ],
  }),
  graph({
    title: 'Age of the rules',
    help: 'Since a rule file was taken in.',
    unit: 's',
    width: 6,
    queries: [{ expr: `time() - qwarden_rules_last_load_timestamp_seconds{${MINE}}`, legend: '{{instance}}' }],
  }),
  graph({
    title: 'What runs',
    help: 'Version and role of each process, whether its store answers, and how often it could not be reached.',
    unit: 'short',
    width: 6,
    queries: [
      { expr: `qwarden_build_info{${MINE}}`, legend: '{{instance}}: {{command}} {{version}}, {{role}}' },
      { expr: `qwarden_store_up{${MINE}}`, legend: '{{instance}} store up' },
      { expr: `increase(qwarden_store_outages_total{${MINE}}[$__rate_interval])`, legend: '{{instance}} outages' },
    ],
  }),
];

const rows = [
  ['Now', now],
  ['Changes', changes],
  ['Jobs', jobs],
  ['Cluster', cluster],
  ['Processes and rules', processes],
] as const;
