import type { JobFilter, RuleJob, SettlingJob } from '../../../queue/port.ts';
import { isBelow } from '../../../text/below.ts';
import { storedText } from '../../stored-text.ts';
import { num, numOrNull, type Row, text } from '../row.ts';
import { stateCode, toState } from './codes.ts';
import { name, nameOrNull, type Reading } from './reading.ts';

export function toJob(row: Row, running: boolean): RuleJob {
  return {
    key: name(row['key']),
    rule: name(row['rule']),
    ruleSet: name(row['rule_set']),
    fileId: name(row['file_id']),
    path: name(row['path']),
    change: JSON.parse(text(row['change'])),
    match: name(row['match']),
    state: running ? 'running' : toState(num(row['state'])),
    armedAt: num(row['armed']),
    changedAt: num(row['changed']),
    settleMs: num(row['settle']),
    dueAt: numOrNull(row['due']),
    step: num(row['step']),
    attempts: num(row['attempts']),
    outputs: JSON.parse(text(row['outputs'])),
    causes: JSON.parse(text(row['causes'])),
    lastError: nameOrNull(row['last_error']),
  };
}

/** Also for a process that only reads: what runs is then not known, and shown as due. */
export function* listJobs(
  reading: Reading,
  filter: JobFilter,
  isRunning: (key: string) => boolean,
): Generator<RuleJob> {
  const states = filter.states === undefined ? undefined : new Set(filter.states);
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  for (const row of rows(reading, filter)) {
    if (left <= 0) return;
    const job = toJob(row, isRunning(name(row['key'])));
    if (states !== undefined && !states.has(job.state)) continue;
    if (filter.under !== undefined && !isBelow(job.path, filter.under)) continue;
    left -= 1;
    yield job;
  }
}

/** Those that wait and were never begun, with a settle time that ends later than `after`. */
export function* listSettling(reading: Reading, after: number): Generator<SettlingJob> {
  // No text in JSON holds this but the member itself: there its quotes are escaped.
  const nameless = `instr(change, '"fileId":""') > 0 AS nameless`;
  const rows = reading.pages(
    `SELECT id, key, rule, file_id, path, settle, due, ${nameless} FROM task WHERE due IS NOT NULL AND state = ${stateCode('waiting')}
     AND step = 0 AND attempts = 0 AND settle > 0 AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?`,
    [after, Number.MAX_SAFE_INTEGER],
    (last) => [num(last['due']), num(last['id'])],
  );
  for (const row of rows) {
    const fileId = name(row['file_id']);
    const ref = row['nameless'] === 1 ? name(row['path']) : fileId;
    yield {
      key: name(row['key']),
      rule: name(row['rule']),
      fileId,
      settleMs: num(row['settle']),
      dueAt: num(row['due']),
      ref,
    };
  }
}

function* rows(reading: Reading, filter: JobFilter): Generator<Row> {
  const where: string[] = [];
  const values: string[] = [];
  if (filter.rule !== undefined) {
    where.push('AND rule = ?');
    values.push(storedText(filter.rule));
  }
  if (filter.fileId !== undefined) {
    where.push('AND file_id = ?');
    values.push(storedText(filter.fileId));
  }
  const more = where.join(' ');
  const wantsDue = filter.states?.some((state) => state === 'waiting' || state === 'running') ?? true;
  if (wantsDue) {
    yield* reading.pages(
      `SELECT * FROM task WHERE due IS NOT NULL ${more} AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?`,
      [...values, Number.NEGATIVE_INFINITY, 0],
      (last) => [...values, num(last['due']), num(last['id'])],
    );
  }
  const wantsEnded = filter.states?.some((state) => state === 'dead' || state === 'parked') ?? true;
  if (wantsEnded) {
    yield* reading.pages(
      `SELECT * FROM task WHERE due IS NULL ${more} AND id > ? ORDER BY id LIMIT ?`,
      [...values, 0],
      (last) => [...values, num(last['id'])],
    );
  }
}
