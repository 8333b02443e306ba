import type { FileAttributes } from '@qwarden/qumulo-client';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Change, changeTypes, compileRules, type Facts, type Rule, type Verdict } from '../../src/index.ts';
import { attributes } from '../support/attributes.ts';
import { naiveAnswer } from '../support/naive-matcher.ts';
import { change, load } from '../support/rules.ts';

/** More of them: QWARDEN_RULE_RUNS=100000 */
const RUNS = Number(process.env['QWARDEN_RULE_RUNS'] ?? 1000);

const part = fc.constantFrom(
  'a',
  'A',
  'b',
  'records',
  'recordsy',
  'x.csv',
  'X.CSV',
  'a.tar.gz',
  '.csv',
  'b.',
  '~$a',
  'README',
  'done-a.csv',
  'Σσ',
  'ΑΣ',
);
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const globPart = fc.oneof(
  part,
  fc.constantFrom('*', '*.csv', 'a*', 'done-*', '?', '*a*', '**', '[ab]', '{a,b}', 'rec*dsy', '*.tar.gz', 'Α*', 'ΑΣ*'),
);
const pathGlob = fc.array(globPart, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const nameGlob = globPart.filter((glob) => glob !== '**');
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));

const leaves: Record<string, fc.Arbitrary<unknown>> = {
  path: some(pathGlob),
  under: some(fc.oneof(path, fc.constant('/'))),
  name: some(nameGlob),
  extension: some(fc.constantFrom('csv', '.CSV', 'tar.gz', 'gz', '')),
  regex: some(fc.constantFrom('a', '^/a', 'csv$', '/[ab]/')),
  type: some(fc.constantFrom('file', 'directory', 'symlink')),
  stream: fc.oneof(fc.boolean(), fc.constantFrom('s', 'S*')),
  depth: fc.oneof(fc.nat(4), fc.record({ min: fc.nat(2) }), fc.constant({ min: 1, max: 3 })),
  moved_from: fc.oneof(
    some(pathGlob),
    path.map((under) => ({ under })),
    fc.record(
      {
        name: some(nameGlob),
        extension: some(fc.constantFrom('csv', 'gz')),
        temporary: fc.boolean(),
        not: fc.oneof(
          some(nameGlob).map((one) => ({ name: one })),
          fc.constant({ temporary: true }),
        ),
        any: fc.array(
          path.map((under) => ({ under })),
          { minLength: 1, maxLength: 2 },
        ),
      },
      { requiredKeys: ['not'] },
    ),
  ),
  temporary: fc.boolean(),
  size: fc.constantFrom('>= 10', '< 10', '5..15'),
  mode: fc.constantFrom('0644', '0600', { any: '0022' }),
  modified: fc.constant('> 1h'),
  locked: fc.boolean(),
  time_of_day: some(fc.constantFrom('22:00-06:00', '08:00-12:30')),
  weekday: some(fc.constantFrom('mon', 'sat')),
  tag: fc.constantFrom({ k: 'v*' }, { k: 'v', other: '*' }),
};

const plain = fc
  .uniqueArray(fc.constantFrom(...Object.keys(leaves)), { minLength: 1, maxLength: 3 })
  .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, leaves[key] ?? fc.constant(0)]))))
  .chain((where) =>
    'time_of_day' in where || 'weekday' in where
      ? fc.constantFrom(where, { ...where, time_zone: 'America/New_York' })
      : fc.constant(where),
  );
const { where } = fc.letrec<{ where: object }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    plain,
    fc.array(tie('where'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('where'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('where').map((not) => ({ not })),
    fc.tuple(plain, tie('where')).map(([own, not]) => ({ ...own, not })),
  ),
}));

const rule = fc.record(
  {
    on: fc.oneof(fc.constant('any'), fc.constant('created'), fc.subarray([...changeTypes], { minLength: 1 })),
    where,
    enabled: fc.constantFrom(true, true, true, false),
    case_sensitive: fc.boolean(),
    do: fc.constant([{ log: {} }]),
  },
  { requiredKeys: ['do'] },
);

const aChange: fc.Arbitrary<Change> = fc
  .record({ type: fc.constantFrom(...changeTypes), path, from: path, stream: fc.constantFrom(null, 's', 'Stream') })
  .map(({ type, path, from, stream }) =>
    change({
      type,
      path,
      stream,
      movedFrom: type.endsWith('renamed') ? from : null,
      kind: type.includes('dir_') ? 'directory' : type.includes('file_') ? 'file' : 'unknown',
    }),
  );

const now = Date.UTC(2026, 0, 5, 3, 30);
const someAttributes: fc.Arbitrary<FileAttributes> = fc
  .record({
    size: fc.constantFrom('0', '9', '10', '15', '99'),
    mode: fc.constantFrom('0644', '0600', '0666'),
    type: fc.constantFrom<FileAttributes['type']>(
      'FS_FILE_TYPE_FILE',
      'FS_FILE_TYPE_SYMLINK',
      'FS_FILE_TYPE_DIRECTORY',
      'FS_FILE_TYPE_UNIX_PIPE',
    ),
    modification_time: fc.constantFrom('2026-01-05T03:29:00.123456789Z', '2025-01-01T00:00:00Z'),
    lock: fc.constantFrom(
      undefined,
      null,
      { legal_hold: true, retention_period: null },
      { legal_hold: false, retention_period: '2030-01-01T00:00:00Z' },
      { legal_hold: false, retention_period: '2020-01-01T00:00:00Z' },
    ),
  })
  .map(({ lock, ...own }) => attributes(lock === undefined ? own : { ...own, lock }));
const facts: fc.Arbitrary<Facts> = fc.record({
  now: fc.constantFrom(now, now + 86_400_000 * 5, now + 6 * 3_600_000),
  attributes: fc.oneof(fc.constantFrom(undefined, null), someAttributes, someAttributes),
  tags: fc.constantFrom(undefined, null, {}, { k: 'v' }, { k: 'v2', other: 'x' }),
});

it(
  'the matcher finds and decides what a plain reading of the rules gives',
  () => {
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 8 }),
        fc.array(aChange, { minLength: 1, maxLength: 4 }),
        facts,
        (rules, changes, facts) => {
          const named = rules.map((one, index) => ({ name: `r${index}`, ...one }));
          const ruleSet = load(JSON.stringify({ version: 1, rules: named }));
          const matcher = compileRules(ruleSet);
          expect(load(ruleSet.text).hash).toBe(ruleSet.hash);
          for (const one of changes) {
            const candidates = matcher.match(one);
            const expected = ruleSet.rules.filter((rule) => naiveAnswer(rule, one, null) !== false);
            expect(candidates.map(({ rule }) => rule.name)).toEqual(expected.map(({ name }) => name));
            const explained = matcher.explain(one, facts);
            for (const candidate of candidates) {
              const isSure = naiveAnswer(candidate.rule, one, null) === true;
              expect([candidate.needs, isSure]).not.toEqual([expect.stringMatching('attributes|tags'), true]);
              const verdict = matcher.decide(candidate, facts);
              expect(allowed(candidate.rule, one, facts)).toContain(verdict);
              const outcome = explained.find(({ rule }) => rule === candidate.rule.name)?.outcome;
              expect(outcome).toBe(verdict === 'match' || verdict === 'no match' ? verdict : 'undecided');
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
  },
  120_000 + RUNS * 60,
);

function allowed(rule: Rule, change: Change, facts: Facts): Verdict[] {
  const answer = naiveAnswer(rule, change, facts);
  if (answer !== null) return [answer ? 'match' : 'no match'];
  // Open because something was not asked for, or because the file is gone.
  const asks: Verdict[] = [];
  if (facts.attributes === undefined) asks.push('attributes');
  if (facts.tags === undefined) asks.push('tags');
  return facts.attributes === null || facts.tags === null ? [...asks, 'no match'] : asks;
}
