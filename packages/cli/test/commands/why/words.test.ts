import type { LockRecord, MatchTrace, Story } from '@qwarden/engine';
import { expect, test } from 'vitest';
import { storyLines } from '../../../src/commands/why/words.ts';

const change = {
  id: '1.0',
  type: 'child_file_added',
  fileId: '7',
  path: '/in/a',
  movedFrom: null,
  kind: 'file',
  stream: null,
  at: 0,
  lineage: 0,
} as const;

const match = (verdict: string, conditions: unknown): MatchTrace => ({
  match: '1.0/r',
  at: 0,
  rule: 'r',
  ruleSet: 'h',
  change,
  conditions: JSON.stringify(conditions),
  verdict,
  job: verdict === 'armed' ? 'k' : null,
});

const story = (parts: Story['parts'], earlier = false, locks: Story['locks'] = []): Story => ({
  paths: ['/in/a'],
  fileIds: ['7'],
  parts,
  earlier,
  locks,
});

test('says why a rule matched with values, what was tried, and how it went', () => {
  const attempt = { match: '1.0/r', at: 0, step: 0, action: 'lock', attempt: 2, note: 'busy', tookMs: 12 } as const;
  const because = { key: 'under', condition: 'below /in', seen: 'the path is /in/a' };
  const lines = storyLines(
    '/in/a',
    story(
      [
        {
          change,
          ownEffectOf: null,
          matches: [
            { trace: match('armed', { because }), attempts: [{ ...attempt, outcome: 'transient' }], job: null },
          ],
        },
      ],
      true,
    ),
    0,
  );
  expect(lines).toEqual([
    '/in/a (file id 7)',
    '  (earlier changes are left out; --limit shows more)',
    '',
    '1970-01-01T00:00:00.000Z  child_file_added  /in/a',
    '  matched "r" because below /in: the path is /in/a',
    '    1970-01-01T00:00:00.000Z  step 1, lock: failed, to be tried again: busy (try 2), 12 ms',
  ]);
});

test('says why no job came of a match, and what a later match dealt with', () => {
  const told = (trace: MatchTrace) =>
    storyLines('/in/a', story([{ change, ownEffectOf: null, matches: [{ trace, attempts: [], job: null }] }]), 0).slice(
      3,
    );
  expect(told(match('counted: not enough of them yet', { because: null }))).toEqual([
    '  matched "r", which has no condition',
    '    counted: not enough of them yet',
  ]);
  expect(told(match('armed', []))).toEqual(['  matched "r"', '    dealt with by a later match']);
});

test('says what was our own effect, and when nothing matched how to find out', () => {
  expect(storyLines('/in/a', story([{ change, ownEffectOf: 'r', matches: [] }]), 0)).toContain(
    '  recognised as our own effect, of the rule "r"',
  );
  const none = storyLines('/in/a', story([{ change, ownEffectOf: null, matches: [] }]), 0);
  expect(none).toContain('  no rule matched');
  expect(none.at(-1)).toContain('qwarden rules test');
});

test('says what the ledger has of the retention lock, also when nothing else is remembered', () => {
  const lock: LockRecord = {
    fileId: '7',
    directoryId: '2',
    path: '/in/a',
    state: 'locked',
    how: 'created',
    retentionPeriod: '2031-01-01T00:00:00Z',
    legalHold: true,
    creationTime: null,
    links: 1,
    recordedAt: 0,
    seenAt: 0,
    dueAt: 0,
    lockedAt: 0,
    attempts: 1,
    lastError: null,
    note: null,
    rule: 'r',
    ruleSet: 'h',
    why: 'rule "r": 7y, legal hold',
  };
  const words = (more: Partial<LockRecord>) => storyLines('/in/a', story([], false, [{ ...lock, ...more }]), 0);
  expect(words({})).toEqual([
    '/in/a (file id 7)',
    '  retention lock: until 2031-01-01T00:00:00Z, on legal hold, set at 1970-01-01T00:00:00.000Z because of rule "r": 7y, legal hold',
    '',
    'No change of it is recorded any more.',
  ]);
  expect(words({ state: 'already-locked', legalHold: false, note: 'n' })[1]).toBe(
    '  retention lock: until 2031-01-01T00:00:00Z, found at 1970-01-01T00:00:00.000Z, rule "r": 7y, legal hold (n)',
  );
  expect(words({ state: 'failed', lastError: 'no right', note: 'Ask.' })[1]).toContain('none: it could not be set');
  expect(words({ state: 'skipped', note: 'not a regular file' })[1]).toMatch(/none: skipped .*\(not a regular file\)$/);
});
