import type { Change } from '../../../events/change.ts';
import type { RuleJob } from '../../../queue/port.ts';
import { num, numOrNull, type Row, text, textOrNull } from '../row.ts';
import { toState } from './codes.ts';

/** Columns that are JSON were written by us. */
export function toJob(row: Row, running: boolean): RuleJob {
  const change: Change = JSON.parse(text(row['change']));
  const outputs: RuleJob['outputs'] = JSON.parse(text(row['outputs']));
  const causes: readonly string[] = JSON.parse(text(row['causes']));
  return {
    key: text(row['key']),
    rule: text(row['rule']),
    ruleSet: text(row['rule_set']),
    fileId: text(row['file_id']),
    path: text(row['path']),
    change,
    match: text(row['match']),
    state: running ? 'running' : toState(num(row['state'])),
    armedAt: num(row['armed']),
    changedAt: num(row['changed']),
    settleMs: num(row['settle']),
    dueAt: numOrNull(row['due']),
    step: num(row['step']),
    attempts: num(row['attempts']),
    outputs,
    causes,
    lastError: textOrNull(row['last_error']),
  };
}
