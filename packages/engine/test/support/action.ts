import { createClient } from '@qwarden/qumulo-client';
import { z } from 'zod';
import type { Action, ActionContext, ActionInput, Outside } from '../../src/actions/port.ts';
import { FakeClock } from './fake-clock.ts';

/** Names of files that somebody might choose to do harm, or did choose without a thought. */
export const HOSTILE_NAMES: readonly string[] = [
  `quotes ' " and \\ backslashes`,
  'line\nbreak\r\nSubject: forged',
  'emoji \u{1F600} ünïcödé',
  'half a pair \ud83d',
  '$(rm -rf "$HOME"); `id` | cat & #',
  '-rf',
  '<!channel> <mailto:eve@evil.test|click> & co',
  '{{path}} {{rule}}',
  '\u202egnp.exe \u001b[2J',
];

/** One match of a file, as an action gets it. */
export function actionInput<P>(
  action: Action<P>,
  params: unknown,
  {
    path = '/in/report.csv',
    rule = 'tell',
    attempt = 1,
    fileId = '1003',
    match = '7.0/tell',
  }: { path?: string; rule?: string; attempt?: number; fileId?: string; match?: string } = {},
): ActionInput<P> {
  return {
    params: action.params(z).parse(params),
    subject: { fileId, path },
    change: {
      id: '7.0',
      type: 'child_file_added',
      fileId,
      path,
      movedFrom: null,
      kind: 'file',
      stream: null,
      at: Date.UTC(2031, 0, 5, 7, 8, 9, 120),
      lineage: 0,
    },
    job: {
      key: `${rule}\0${fileId}`,
      match,
      rule,
      step: 0,
      attempt,
      changedAt: 0,
      armedAt: 0,
      settleMs: 0,
      fresh: true,
    },
    outputs: {},
  };
}

/** What the schema of an action says against parameters; empty when nothing. */
export function problems(action: Pick<Action, 'params'>, params: unknown): string[] {
  const read = action.params(z).safeParse(params);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const cluster = createClient({ host: 'cluster.test', credentials: { username: 'nobody', password: 'unused' } });

export function actionContext(
  outside: Outside,
  {
    clock = new FakeClock(),
    signal = new AbortController().signal,
  }: { clock?: ActionContext['clock']; signal?: AbortSignal } = {},
): ActionContext {
  return {
    cluster,
    clock,
    random: () => 0.5,
    signal,
    standing: () => Promise.resolve('covered'),
    isLocked: () => Promise.resolve(false),
    namesOf: () => [],
    effect: () => {
      throw new Error('it declares no effects');
    },
    outside,
  };
}
