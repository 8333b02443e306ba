import { systemClock } from '@qwarden/qumulo-client';
import { expect, test } from 'vitest';
import type { Depths, Measured, Vitals } from '../../src/metrics/measured.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { metricTable, type MetricRow } from '../../src/metrics/table.ts';
import { type MonitorEvent, noCounters } from '../../src/monitor/events.ts';

const at = '2031-01-01T00:00:00.000Z';
const NOW = Date.parse(at);
/** Stands wherever a user's text can stand. */
const PRIVATE = 'Takeover-of-ACME';

const vitals: Vitals = {
  stream: 'watching',
  gapOpen: false,
  paused: true,
  inFlight: 3,
  concurrencyLimit: 32,
  tripped: ['cluster', `host:${PRIVATE}`, 'host:b'],
  awaitedEchoes: 2,
  ruleSet: { hash: '0123456789abcdef', rules: 4 },
  skewMs: -1500,
  counters: { ...noCounters(), events: 10, matches: 5, jobsDone: 4, dead: 1, parked: 2 },
};
const depths: Depths = {
  lag: { batches: 1, events: 7, oldestAt: NOW - 3000, bytes: 99 },
  jobs: { waiting: 1, due: 2, running: 3, dead: 4, parked: 5 },
  oldestDueAt: NOW - 60_000,
};

/** Time stands still, and waiting has no end: nothing is late unless a test says so. */
const clock = { ...systemClock, now: () => NOW, sleep: () => new Promise<void>(() => undefined) };

function metrics(role: 'all' | 'worker' = 'all', over: Partial<typeof clock> = {}): Metrics {
  return new Metrics({ version: '1.2.3', command: 'monitor', role, clock: { ...clock, ...over } });
}

function engine(over: Partial<Measured> = {}): Measured {
  return { vitals: () => vitals, settling: () => Promise.resolve(6), depths: () => Promise.resolve(depths), ...over };
}

/** Samples by name and labels, without those of Node.js and the process. */
async function samples(of: Metrics): Promise<Record<string, number>> {
  const { text } = await of.read(undefined);
  const ours = text.split('\n').filter((line) => line.startsWith('qwarden_'));
  return Object.fromEntries(
    ours.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

const job = { at, rule: PRIVATE, fileId: '77', path: `/${PRIVATE}` };
const step = { ...job, action: 'lock', step: 0, attempt: 1 };
const lock = {
  state: 'locked' as const,
  retentionPeriod: at,
  legalHold: false,
  creationTime: null,
  links: 1,
  note: PRIVATE,
  fileId: '77',
  directoryId: '2',
  path: `/${PRIVATE}`,
  how: 'created' as const,
  recordedAt: 0,
  seenAt: 0,
  dueAt: null,
  lockedAt: 0,
  attempts: 1,
  lastError: PRIVATE,
  rule: PRIVATE,
  ruleSet: 'abc',
  why: PRIVATE,
};
const done = {
  kind: 'done' as const,
  ...step,
  note: PRIVATE,
  level: 'info' as const,
  latencyMs: 1,
  sinceChangeMs: 400,
  lock,
};

const told: MonitorEvent[] = [
  { kind: 'stream-ended', at, reason: 'silence', message: PRIVATE },
  { kind: 'catch-up-finished', at, reason: 'gap', looked: 10, found: 3, tookMs: 2000 },
  { kind: 'catch-up-failed', at, reason: 'gap', message: PRIVATE, retryInMs: 1 },
  { kind: 'refused', at, what: 'login', reason: PRIVATE, remedy: PRIVATE, retryInMs: 1 },
  { kind: 'rules-broken', at, message: PRIVATE, problems: [PRIVATE], keptHash: 'x' },
  done,
  { ...done, action: PRIVATE, lock: undefined },
  { kind: 'skipped', ...step, note: PRIVATE, lock: { ...lock, state: 'already-locked' } },
  { kind: 'would', ...step, note: PRIVATE, lock },
  { kind: 'failed', ...step, reason: PRIVATE, remedy: PRIVATE, goesOn: false },
  { kind: 'retrying', ...step, reason: PRIVATE, delayMs: 1 },
  { kind: 'parked', ...job, reason: PRIVATE, remedy: PRIVATE },
  { kind: 'throttled', at, target: `host:${PRIVATE}`, delayMs: 1, reason: PRIVATE },
  { kind: 'store', at, state: 'away', message: PRIVATE },
];

test('counts what is told, and says what the engine and its store say', async () => {
  const all = metrics();
  all.follow(engine());
  for (const event of told) all.told(event);
  all.called({ operation: 'GET /v1/version', attempt: 1, status: 200, failure: undefined, ms: 20 });
  all.called({ operation: 'GET /v1/version', attempt: 2, status: undefined, failure: 'timeout', ms: 30 });
  const read = await samples(all);
  expect(read).toMatchObject({
    [`qwarden_build_info{version="1.2.3",node="${process.version}",command="monitor",role="all"}`]: 1,
    'qwarden_stream_state{state="watching"}': 1,
    'qwarden_stream_state{state="down"}': 0,
    'qwarden_stream_ends_total{reason="silence"}': 1,
    'qwarden_stream_ends_total{reason="closed"}': 0,
    'qwarden_catch_ups_total{reason="gap",result="done"}': 1,
    'qwarden_catch_ups_total{reason="gap",result="failed"}': 1,
    qwarden_catch_up_changes_total: 3,
    qwarden_catch_up_duration_seconds_sum: 2,
    'qwarden_refusals_total{what="login"}': 1,
    qwarden_gap_open: 0,
    qwarden_watch_paused: 1,
    qwarden_jobs_settling: 6,
    qwarden_events_total: 10,
    'qwarden_jobs_ended_total{outcome="done"}': 4,
    'qwarden_jobs_ended_total{outcome="parked"}': 2,
    'qwarden_job_steps_total{action="lock",outcome="done"}': 1,
    'qwarden_job_steps_total{action="own",outcome="done"}': 1,
    'qwarden_job_steps_total{action="lock",outcome="failed"}': 1,
    'qwarden_effect_latency_seconds_bucket{le="0.25",action="lock"}': 0,
    'qwarden_effect_latency_seconds_bucket{le="0.5",action="lock"}': 1,
    qwarden_retries_total: 1,
    qwarden_loop_guard_trips_total: 1,
    'qwarden_locks_total{result="locked"}': 1,
    'qwarden_locks_total{result="already-locked"}': 1,
    'qwarden_locks_total{result="would"}': 1,
    'qwarden_locks_total{result="failed"}': 1,
    'qwarden_breakers_open{target="cluster"}': 1,
    'qwarden_breakers_open{target="other"}': 2,
    'qwarden_breaker_trips_total{target="other"}': 1,
    'qwarden_api_requests_total{operation="GET /v1/version",status="200"}': 1,
    'qwarden_api_requests_total{operation="GET /v1/version",status="timeout"}': 1,
    'qwarden_api_request_duration_seconds_sum{operation="GET /v1/version"}': 0.05,
    'qwarden_rule_set_info{hash="0123456789ab"}': 1,
    qwarden_rules_load_failures_total: 1,
    qwarden_rules_last_load_successful: 0,
    qwarden_clock_skew_seconds: -1.5,
    qwarden_store_outages_total: 1,
    qwarden_store_up: 1,
    qwarden_log_lag_events: 7,
    qwarden_log_lag_seconds: 3,
    'qwarden_jobs{state="dead"}': 4,
    qwarden_jobs_due_age_seconds: 60,
  });
  // Reading is no counting.
  expect(await samples(all)).toEqual(read);
  all.told({ kind: 'rules-loaded', at, hash: 'y', rules: 1, added: [PRIVATE], removed: [], changed: [] });
  expect(await samples(all)).toMatchObject({
    qwarden_rules_last_load_successful: 1,
    qwarden_rules_last_load_timestamp_seconds: NOW / 1000,
  });
});

test('nobody’s files, rules or hosts are in it', async () => {
  const all = metrics();
  all.follow(engine());
  for (const event of told) all.told(event);
  expect((await all.read(undefined)).text).not.toContain(PRIVATE);
});

test('what is not known is missing: before the start, without a watch, without a store', async () => {
  const beginning = metrics();
  expect(await samples(beginning)).toMatchObject({ qwarden_store_up: 0, qwarden_gap_open: 1 });
  const names = (read: Record<string, number>) => new Set(Object.keys(read).map((key) => key.replace(/\{.*/, '')));
  const before = names(await samples(beginning));
  for (const name of ['qwarden_clock_skew_seconds', 'qwarden_rules_last_load_timestamp_seconds', 'qwarden_jobs'])
    expect(before).not.toContain(name);

  const worker = metrics('worker');
  worker.follow(engine());
  for (const event of told) worker.told(event);
  const works = names(await samples(worker));
  for (const name of ['qwarden_jobs', 'qwarden_locks_total', 'qwarden_clock_skew_seconds'])
    expect(works).toContain(name);
  for (const { name } of Object.values<MetricRow>(metricTable).filter(({ from }) => from === 'watcher'))
    expect(works).not.toContain(name);

  const silent = metrics('all', { sleep: () => Promise.resolve() });
  silent.follow(engine({ depths: () => new Promise(() => undefined) }));
  const failed = metrics();
  failed.follow(engine({ depths: () => Promise.reject(new Error('closed')) }));
  for (const one of [silent, failed]) {
    const read = await samples(one);
    expect(read).toMatchObject({ qwarden_store_up: 0, qwarden_events_total: 10 });
    expect(names(read)).not.toContain('qwarden_jobs');
  }
});

test('as OpenMetrics a counter is called by its family, and the end is told', async () => {
  const all = metrics();
  all.follow(engine());
  const { contentType, text } = await all.read('application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
  expect(contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
  expect(text).toContain('# TYPE qwarden_events counter\nqwarden_events_total 10\n');
  expect(text).toMatch(/\n# EOF\n$/);
  expect(text).not.toMatch(/\n\n|# (TYPE|HELP) \S+_total /);
  // And the next one who asks for text has it.
  expect((await all.read('text/plain')).text).toContain(
    '# TYPE qwarden_events_total counter\nqwarden_events_total 10\n',
  );
});

test('names and units are as Prometheus has them', () => {
  const rows = Object.values<MetricRow>(metricTable);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  for (const { name, type, help } of rows) {
    expect(name).toMatch(/^qwarden_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(type === 'histogram' && !name.endsWith('_seconds')).toBe(false);
    expect(help).toMatch(/^[A-Z].*[^.]$/);
  }
});
