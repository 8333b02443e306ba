import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@qwarden/qumulo-client';
import { expect, onTestFinished, test } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import type { Change } from '../../src/events/change.ts';
import { recordedChanges } from '../../src/events/recorded.ts';
import { backtest } from '../../src/monitor/backtest.ts';
import { OWN_EFFECT, tellStory } from '../../src/monitor/story.ts';
import { openQueue, openQueueReader } from '../../src/open-queue.ts';
import type { MatchTrace, QueueReader, QueueStore } from '../../src/queue/port.ts';
import { loadRules } from '../../src/rules/load/load-rules.ts';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';

/** A store with a writer and a reader beside it, as two processes have them. */
async function stores(): Promise<{ store: QueueStore; reader: QueueReader; stateDir: string }> {
  const stateDir = mkdtempSync(join(tmpdir(), 'qwarden-story-'));
  const store = await openSqliteQueue(stateDir, { clock: systemClock });
  const reader = await openQueueReader(stateDir);
  onTestFinished(async () => {
    await reader.close();
    await store.close();
    rmSync(stateDir, { recursive: true, force: true });
  });
  return { store, reader, stateDir };
}

type Event = readonly [type: string, path: string, id: string];

async function append(store: QueueStore, receivedAt: number, ...events: readonly Event[]): Promise<void> {
  const raw = JSON.stringify(events.map(([type, path, id]) => ({ type, path, spine: ['2', id], stream_name: null })));
  await store.log.append({ epoch: 1, receivedAt, events: events.length, root: '/', source: 'stream', raw });
}

function trace(
  change: Partial<Change> & { id: string; path: string; fileId: string },
  more: Partial<MatchTrace>,
): MatchTrace {
  const whole: Change = {
    type: 'child_file_added',
    movedFrom: null,
    kind: 'file',
    stream: null,
    at: 1000,
    lineage: 0,
    ...change,
  };
  return {
    match: `${change.id}/r`,
    at: whole.at,
    rule: 'r',
    ruleSet: 'h',
    change: whole,
    conditions: 'null',
    verdict: 'armed',
    job: null,
    ...more,
  };
}

const commit = (store: QueueStore, ...traces: readonly MatchTrace[]) =>
  store.commit(0, { position: '', state: '{}', arm: [], touch: [], traces, met: [] });

test('a file is found under every name that it had, also one that only the log knows', async () => {
  const { store, reader } = await stores();
  await append(store, 1000, ['child_file_added', 'in/a', '7']);
  await append(store, 2000, ['child_file_moved_from', 'in/a', '7'], ['child_file_moved_to', 'in/b', '7']);
  await append(store, 3000, ['child_file_moved_from', 'in/b', '7'], ['child_file_moved_to', 'out/c', '7']);
  await append(store, 4000, ['child_file_added', 'in/other', '8']);
  const renamed = { type: 'child_file_renamed', fileId: '7', at: 3000 } as const;
  await commit(
    store,
    trace({ id: '1.0', path: '/in/a', fileId: '7' }, {}),
    trace({ ...renamed, id: '3.1', path: '/out/c', movedFrom: '/in/b' }, { match: '3.1', verdict: OWN_EFFECT }),
  );
  const story = await tellStory(reader, { path: '/in/b' }, 20);
  expect(story).toMatchObject({ paths: ['/out/c', '/in/b', '/in/a'], fileIds: ['7'], earlier: false });
  expect(story.parts.map(({ change, ownEffectOf, matches }) => [change.type, ownEffectOf, matches.length])).toEqual([
    ['child_file_added', null, 1],
    ['child_file_renamed', null, 0],
    ['child_file_renamed', 'r', 0],
  ]);
  for (const of of [{ path: '/in/a' }, { path: '/out/c' }, { fileId: '7' }] as const)
    expect(await tellStory(reader, of, 20)).toEqual(story);
  expect((await tellStory(reader, { path: '/nowhere' }, 20)).parts).toEqual([]);
  expect(await tellStory(reader, { fileId: '7' }, 1)).toMatchObject({
    earlier: true,
    parts: [{ change: { path: '/out/c' } }],
  });
});

test('of a rule its latest matches are told, of whatever files', async () => {
  const { store, reader } = await stores();
  await append(store, 1000, ['child_file_added', 'in/a', '7'], ['child_file_added', 'in/b', '8']);
  await commit(
    store,
    trace({ id: '1.0', path: '/in/a', fileId: '7' }, {}),
    trace({ id: '1.1', path: '/in/b', fileId: '8', at: 2000 }, {}),
    trace({ id: '1.1', path: '/in/b', fileId: '8', at: 2000 }, { match: '1.1/other', rule: 'other' }),
  );
  const told = await tellStory(reader, { rule: 'r' }, 20);
  expect(told.parts.map(({ change, matches }) => [change.path, matches.map((match) => match.trace.rule)])).toEqual([
    ['/in/a', ['r']],
    ['/in/b', ['r']],
  ]);
  expect(await tellStory(reader, { rule: 'r' }, 1)).toMatchObject({ fileIds: ['8'], earlier: true });
  expect((await tellStory(reader, { rule: 'none' }, 20)).parts).toEqual([]);
});

test('of a directory the latest below it are told, whether or not it was a subject itself', async () => {
  const { store, reader } = await stores();
  await append(
    store,
    1000,
    ['child_dir_added', 'in', '5'],
    ['child_file_added', 'in/a', '7'],
    ['child_file_added', 'inn', '8'],
  );
  await append(store, 2000, ['child_file_added', 'in/deep/b', '9'], ['child_file_added', 'c', '10']);
  const paths = async (path: string, limit = 20) =>
    (await tellStory(reader, { path }, limit)).parts.map(({ change }) => change.path);
  expect(await paths('/in')).toEqual(['/in', '/in/a', '/in/deep/b']);
  expect(await paths('/in/deep')).toEqual(['/in/deep/b']);
  expect(await paths('/', 2)).toEqual(['/in/deep/b', '/c']);
});

test('recorded changes come in order, halves that stay alone among them; what cannot be read is told', async () => {
  const { store, reader } = await stores();
  await append(store, 1000, ['child_file_moved_from', 'gone', '7']);
  await append(store, 9000, ['child_file_added', 'later', '8']);
  await store.log.append({ epoch: 1, receivedAt: 9500, events: 1, root: '/', source: 'stream', raw: 'broken' });
  const told: string[] = [];
  const seen: string[] = [];
  for await (const { change } of recordedChanges(reader.log, { unreadable: (message) => told.push(message) }))
    seen.push(change.path);
  expect(seen).toEqual(['/gone', '/later']);
  expect(told).toEqual([expect.stringMatching(/^Batch 3 of the log cannot be read/)]);
});

test('to change jobs a store is opened that is there, and that nobody else has', async () => {
  const { stateDir, store } = await stores();
  await expect(openQueue(join(stateDir, 'gone'))).rejects.toMatchObject({ kind: 'missing' });
  await expect(openQueue(stateDir)).rejects.toMatchObject({ kind: 'in-use', pid: process.pid });
  await store.close();
  const queue = await openQueue(stateDir);
  expect(await queue.jobs.retry('no such job', 0)).toBe(false);
  await queue.close();
});

test('backtest: what new rules would do more, less, and what cannot be said', async () => {
  const load = (text: string) => {
    const loaded = loadRules(`version: 1\nrules:\n${text}`, { source: 'r', catalog: builtinActions });
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join());
    return loaded.ruleSet;
  };
  const rule = (name: string, where: string, action = 'log: {}') =>
    `  - { name: ${name}, on: [created], where: ${where}, do: [{ ${action} }] }\n`;
  const before = load(rule('old', '{ extension: txt }') + rule('big', '{ size: ">= 1KiB" }', 'snapshot: {}'));
  const after = load(
    rule('renamed rule', '{ extension: [txt, pdf] }') +
      rule('flood', '{ under: /in, count: { matches: 2, within: 1m } }', 'lock: { retention: 1d }'),
  );
  async function* changes(): AsyncGenerator<Change> {
    for (const [n, path] of ['/in/a.txt', '/in/b.pdf', '/own.pdf'].entries())
      yield trace({ id: `1.${n}`, path, fileId: String(n), at: 1000 + n }, {}).change;
  }
  const result = await backtest(changes(), { before, after }, new Map([['1.2', 'renamed rule']]));
  expect(result).toMatchObject({ changes: 3, ownEffects: 1, same: 1, less: [] });
  expect(result.more.map(({ rule, matches, examples }) => [rule, matches, examples])).toEqual([
    ['renamed rule', 1, ['/in/b.pdf']],
    ['flood', 1, ['/in/b.pdf']],
  ]);
  expect(result.undecided).toMatchObject([{ rule: 'big', matches: 3, files: 3 }]);
});
