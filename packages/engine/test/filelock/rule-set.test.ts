import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetention } from '../../src/index.ts';
import { lockAction } from '../../src/actions/lock/index.ts';
import { ruleSetOf } from '../../src/filelock/rule-set.ts';
import type { FilelockPolicy } from '../../src/filelock/policy.ts';
import { loadRuleFile } from '../../src/monitor/load-rule-file.ts';
import { compileRules, type Matcher } from '../../src/rules/match/matcher.ts';
import { compileSelection, joinPath } from '../../src/rules/selection.ts';
import { change } from '../support/rules.ts';
import { POLICY } from '../support/rig.ts';

function load(policy: Partial<FilelockPolicy>, roots: readonly string[] = ['/records']): Matcher {
  const text = ruleSetOf({
    rule: 'filelock 7',
    why: 'filelock /records',
    policy: { ...POLICY, ...policy },
    roots,
    now: Date.UTC(2026, 0),
  });
  const loaded = loadRuleFile(text, { source: 'policy', actions: { lock: lockAction } });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return compileRules(loaded.ruleSet);
}

const some = (matcher: Matcher, path: string, movedFrom: string | null = null): boolean =>
  matcher.match(
    change({ type: movedFrom === null ? 'child_file_added' : 'child_file_renamed', path, movedFrom, kind: 'file' }),
  ).length > 0;

const segment = fc.constantFrom('a', 'b.csv', 'b.tmp', '~$c', 'sub', '.rsync-partial', 'x[1]', '{y}', 'A.CSV', 'ü');
const relative = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const glob = fc.oneof(
  fc.constantFrom('*.csv', 'a*', 'sub/**', '**/b.*', '/records/a', '/rec[1]*/sub/*', '{a,sub}/*', 'sub/b.csv', '*'),
  segment.filter((one) => !/[[{]/.test(one)),
);
const root = fc.constantFrom('/records', '/rec[1]*', '/', '/a/{b}/c');

describe('a policy as a rule set', () => {
  it('covers what the selection covers, whatever the watched directory is called', () => {
    fc.assert(
      fc.property(
        root,
        fc.array(glob, { maxLength: 3 }),
        fc.array(glob, { maxLength: 3 }),
        fc.boolean(),
        fc.array(relative, { minLength: 1, maxLength: 10 }),
        (watch, include, exclude, builtinExcludes, paths) => {
          const selection = compileSelection({ include, exclude, builtinExcludes });
          const matcher = load({ include, exclude, builtinExcludes }, [watch]);
          for (const path of paths)
            expect(some(matcher, joinPath(watch, path)), path).toBe(selection.covers(path, watch));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a rename is new only when the old name was not covered', () => {
    const matcher = load({ include: ['*.pdf'], exclude: ['drop/**'] });
    expect(some(matcher, '/records/a.pdf', '/records/a.tmp')).toBe(true);
    expect(some(matcher, '/records/a.pdf', '/records/a.txt')).toBe(true);
    expect(some(matcher, '/records/a.pdf', '/records/drop/a.pdf')).toBe(true);
    expect(some(matcher, '/records/a.pdf', '/records/b.pdf')).toBe(false);
    expect(some(matcher, '/records/a.txt', '/records/b.txt')).toBe(false);
  });

  it('a watched directory that was renamed is covered by both names', () => {
    const matcher = load({ exclude: ['drop/**'] }, ['/records', '/older']);
    expect(some(matcher, '/records/a')).toBe(true);
    expect(some(matcher, '/older/a')).toBe(true);
    expect(some(matcher, '/older/drop/a')).toBe(false);
    expect(some(matcher, '/other/a')).toBe(false);
  });

  it('its interval, retention period, legal hold and switches are those of the policy', () => {
    const { ruleSet } = load({
      intervalMs: 90_000,
      retention: parseRetention('2031-12-31'),
      legalHold: true,
      extend: true,
      waitForClose: true,
    });
    expect(ruleSet.rules).toMatchObject([
      {
        settleMs: 90_000,
        mode: 'queued',
        do: [
          {
            action: 'lock',
            params: { retention: { at: '2031-12-31T00:00:00Z' }, legal_hold: true, extend: true, wait_for_close: true },
          },
        ],
      },
    ]);
    expect(load({ retention: undefined, legalHold: true }).ruleSet.rules[0]?.do).toMatchObject([
      { params: { legal_hold: true } },
    ]);
  });
});
