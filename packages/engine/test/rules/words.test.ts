import { describe, expect, it } from 'vitest';
import { compileRules, describeRule } from '../../src/index.ts';
import { attributes } from '../support/attributes.ts';
import { EXAMPLE } from '../support/example-rules.ts';
import { change, load, where } from '../support/rules.ts';

const now = Date.UTC(2026, 0, 5, 12);

describe('a rule in plain words', () => {
  it('says when, where, how long it waits, and what it does', () => {
    const [, quarantine] = load(EXAMPLE).rules;
    if (quarantine === undefined) throw new Error('no rule');
    expect(describeRule(quarantine)).toBe(
      [
        'quarantine executables',
        '  when:  created, moved-in or renamed',
        '  where: below /shares and (extension .exe, .zip or .mp4 or name like "*setup*")',
        '  wait:  none, its actions run at once',
        '  do:    quarantine to=/quarantine',
        '  then:  webhook url=https://chat.example.com/•••, format=slack, text={{path}} quarantined',
      ].join('\n'),
    );
  });

  it('brackets what is said of the old path of a rename', () => {
    const words = (moved: string, more = '') =>
      load(`{version: 1, rules: [{name: r, on: renamed, where: {moved_from: ${moved}${more}}, do: [log: {}]}]}`)
        .rules.map((rule) => /where: (.*)/.exec(describeRule(rule))?.[1])
        .join('');
    expect(words('{under: /a, name: b}')).toBe('moved from (below /a and name like "b")');
    expect(words('{under: /a}', ', all: [{name: b}]')).toBe('moved from below /a and name like "b"');
    expect(words('{under: /a, not: {name: "*.part"}}')).toBe('moved from (below /a and not (name like "*.part"))');
    expect(words('{under: /a}', ', not: {name: "*.part"}')).toBe('moved from below /a and not name like "*.part"');
  });

  it('says all else that a rule can have', () => {
    const [rule] = load(`version: 1
rules:
  - name: r
    description: For auditors.
    enabled: false
    case_sensitive: false
    on: [child_acl_changed, created, child_file_removed]
    where:
      time_of_day: "22:00-06:00"
      time_zone: Europe/Berlin
      not: { any: [{ size: "> 1MB", owner: joe }, { locked: true }] }
      count: { matches: 5, within: 90s, per: directory }
    settle: 1m30s
    mode: single
    limits: { rate: 10/m, burst: 3, per_hour: 100 }
    do: [{ log: { text: hi }, continue_on_error: true }, { log: {} }]
`).rules;
    if (rule === undefined) throw new Error('no rule');
    expect(describeRule(rule)).toBe(
      [
        'r (switched off)',
        '  For auditors.',
        '  when:  created, child_file_removed or child_acl_changed',
        '  where: between 22:00-06:00 (Europe/Berlin) and not ((size > 1MB and owner joe) or under a retention lock)',
        '  count: only when there are 5 or more within 1m30s in one directory',
        '  wait:  until the file has been quiet for 1m30s; what matches while it runs is left alone',
        '  limit: at most 10/m, 3 at once; at most 100 an hour',
        '  case:  does not count',
        '  do:    log text=hi (the next even if this one fails)',
        '  then:  log',
      ].join('\n'),
    );
  });
});

describe('an explanation', () => {
  it('names for each rule what decided it, as data and in words', () => {
    const explained = compileRules(load(EXAMPLE)).explain(change({ path: '/records/a.part' }));
    expect(explained[0]).toEqual({
      rule: 'lock finished records',
      outcome: 'no match',
      because: { key: 'not.name', condition: 'not (name like "*.part" or "~$*")', seen: 'the name is a.part' },
      words: 'lock finished records: no match: not (name like "*.part" or "~$*"); the name is a.part',
    });
    expect(explained.map(({ words }) => words).slice(1)).toEqual([
      'quarantine executables: no match: below /shares; the path is /records/a.part',
      'canaries: no match: it is for written, renamed or removed, and this is child_file_added',
      'stamp incoming: no match: below /incoming; the path is /records/a.part',
    ]);
  });

  it('names the first condition that fails, the cheap ones first', () => {
    const matcher = compileRules(where('{ size: "> 1MB", all: [{ under: /records }, { name: "*.doc" }] }'));
    const say = (...facts: Parameters<typeof matcher.explain>[1][]): string | undefined =>
      matcher.explain(change(), ...facts)[0]?.words;
    expect(say()).toBe('r: no match: name like "*.doc"; the name is a.pdf');
    const sized = compileRules(where('{ size: "> 1MB", under: /records }'));
    expect(sized.explain(change())[0]?.words).toBe(
      'r: undecided: size > 1MB; the attributes have not been asked for yet',
    );
    expect(sized.explain(change(), { now, attributes: attributes() })[0]?.words).toBe(
      'r: no match: size > 1MB; the size is 1024 B',
    );
    expect(sized.explain(change(), { now, attributes: null })[0]?.words).toBe(
      'r: no match: size > 1MB; the file is gone',
    );
    expect(sized.explain(change(), { now, attributes: attributes({ size: '2000000' }) })[0]).toMatchObject({
      outcome: 'match',
      because: {
        key: 'all',
        condition: 'below /records and size > 1MB',
        seen: 'the path is /records/a.pdf, the size is 2000000 B',
      },
    });
  });

  it('names all of "any" when none holds, and the one that holds', () => {
    const matcher = compileRules(where('{ any: [{ name: "*.doc" }, { extension: .exe }] }'));
    expect(matcher.explain(change())[0]?.words).toBe(
      'r: no match: extension .exe or name like "*.doc"; the extension is .pdf, the name is a.pdf',
    );
    expect(matcher.explain(change({ path: '/x.exe' }))[0]?.words).toBe(
      'r: match: extension .exe; the extension is .exe',
    );
  });

  it('tells rules that are off, that have no condition, and that count', () => {
    const explained = compileRules(
      load(`version: 1
rules:
  - { name: off, enabled: false, do: [log: {}] }
  - { name: all, do: [log: {}] }
  - { name: many, where: { count: { matches: 2, within: 1s } }, do: [log: {}] }
`),
    ).explain(change());
    expect(explained.map(({ words }) => words)).toEqual([
      'off: no match: the rule is switched off',
      'all: match: it has no condition',
      'many: match: it has no condition (if there are enough within the time of its count)',
    ]);
  });

  it.each([
    ['{ type: symlink }', { attributes: attributes({ type: 'FS_FILE_TYPE_UNIX_PIPE' }) }, 'it is a unix pipe'],
    ['{ mode: "0600" }', { attributes: attributes() }, 'the mode is 0644'],
    ['{ owner: joe }', { attributes: attributes() }, 'the owner is 500 (LOCAL_USER admin)'],
    ['{ created: "> 60d" }', { attributes: attributes() }, 'it was created 4w3d2h ago'],
    ['{ locked: true }', { attributes: attributes() }, 'it is under no retention and not on legal hold'],
    ['{ tag: { a: b, c: d } }', { tags: { a: 'x' } }, 'the tag a is "x", there is no tag c'],
    ['{ tag: { a: b } }', {}, 'the tags have not been asked for yet'],
    ['{ weekday: sun, time_zone: Asia/Tokyo }', {}, 'it is mon (Asia/Tokyo)'],
    ['{ time_of_day: "01:00-02:00" }', {}, 'it is 12:00 (UTC)'],
    ['{ depth: 1 }', {}, 'the depth is 2'],
    ['{ stream: true }', {}, 'it is no named stream'],
    ['{ moved_from: { under: /a } }', {}, 'it is no rename'],
    ['{ temporary: true }', {}, 'the name is a.pdf'],
  ])('shows what was there: %s', (conditions, facts, seen) => {
    const [explanation] = compileRules(where(conditions)).explain(change(), { now, ...facts });
    expect(explanation?.because?.seen).toBe(seen);
  });
});
