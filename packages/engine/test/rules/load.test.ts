import { describe, expect, it } from 'vitest';
import { formatProblem, loadRules } from '../../src/index.ts';
import { EXAMPLE } from '../support/example-rules.ts';
import { catalog, load } from '../support/rules.ts';

/** `line:column key: message hint`, one for each problem. */
function problems(text: string): string[] {
  const result = loadRules(text, { source: 'r.yml', catalog });
  return result.ok ? [] : result.problems.map((problem) => formatProblem(problem).replace(/^r\.yml:/, ''));
}

/** A pattern for this very text. */
function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

function warnings(text: string): string[] {
  const result = loadRules(text, { source: 'r.yml', catalog });
  return result.ok ? result.warnings.map((problem) => formatProblem(problem).replace(/^r\.yml:/, '')) : ['refused'];
}

const rule = (lines: string): string => `version: 1\nrules:\n  - name: a\n${lines}`;
/** A rule that stops everything. */
const guard = (on: string, conditions: string): string =>
  rule(`    on: ${on}\n    where: ${conditions}\n    do: [all-stop: { confirm: true, scope: cluster }]\n`);
const withWhere = (conditions: string): string => rule(`    where: ${conditions}\n    do: [log: {}]\n`);

describe('a rule file', () => {
  it('is loaded with defaults applied, durations in ms, and frozen', () => {
    const [lock, quarantine, canaries, stamp] = load(EXAMPLE).rules;
    expect(lock).toEqual({
      name: 'lock finished records',
      description: null,
      enabled: true,
      on: [
        'child_file_added',
        'child_dir_added',
        'child_file_moved_to',
        'child_dir_moved_to',
        'child_size_changed',
        'child_data_written',
        'child_stream_data_written',
      ],
      where: { under: ['/records'], not: { name: ['*.part', '~$*'] } },
      count: null,
      settleMs: 30_000,
      mode: 'restart',
      limits: { rate: null, burst: null, perHour: null },
      caseSensitive: null,
      do: [
        {
          action: 'lock',
          params: { retention: '7y', legal_hold: false },
          written: { retention: '7y', legal_hold: false },
          continueOnError: false,
        },
      ],
    });
    expect(quarantine?.settleMs).toBe(0);
    expect(canaries?.settleMs).toBe(15_000);
    expect(stamp?.do.map(({ action }) => action)).toEqual(['rename', 'permissions', 'run']);
    expect(Object.isFrozen(lock?.where?.not)).toBe(true);
    expect(Object.isFrozen(lock?.do[0]?.params)).toBe(true);
  });

  it('takes everything from "defaults" that a rule does not say', () => {
    const [one, other] = load(`version: 1
defaults: { on: removed, settle: 2m, mode: queued, limits: { rate: 10/s, burst: 5, per_hour: 100 }, case_sensitive: false, enabled: false }
rules:
  - { name: one, where: { under: /a }, do: [{ log: {}, continue_on_error: true }, log: ] }
  - { name: other, on: any, settle: 1h30m, mode: single, limits: { rate: 1/m }, case_sensitive: true, enabled: true, where: { under: /a }, do: [log: {}] }
`).rules;
    expect(one).toMatchObject({
      on: ['child_file_removed', 'child_dir_removed', 'self_removed'],
      settleMs: 120_000,
      mode: 'queued',
      limits: { rate: { count: 10, perMs: 1000 }, burst: 5, perHour: 100 },
      caseSensitive: false,
      enabled: false,
      do: [
        { action: 'log', params: {}, continueOnError: true },
        { action: 'log', params: {}, continueOnError: false },
      ],
    });
    expect(other).toMatchObject({
      settleMs: 5_400_000,
      mode: 'single',
      limits: { rate: { count: 1, perMs: 60_000 }, burst: null, perHour: null },
      caseSensitive: true,
      enabled: true,
    });
    expect(other?.on).toHaveLength(26);
  });

  it('keeps parameters as they were written, so that its text loads as the very same rule set', () => {
    const once = load(EXAMPLE);
    const again = load(once.text);
    expect(again).toEqual(once);
    expect(once.hash).toMatch(/^[0-9a-f]{64}$/);
    const webhook = once.rules[1]?.do[1];
    expect(webhook?.params).toEqual(webhook?.written);
    const bare = load(rule('    where: {under: /a}\n    do: [webhook: {url: "https://x.example"}]')).rules[0]?.do[0];
    expect([bare?.params, bare?.written]).toEqual([
      { url: 'https://x.example', format: 'json' },
      { url: 'https://x.example' },
    ]);
  });

  it('has a hash that writing changes nothing of, and meaning does', () => {
    const { hash } = load(withWhere('{ under: /a/, name: x }'));
    expect(load(withWhere('{ name: [x], under: [/a] } # comment')).hash).toBe(hash);
    expect(
      load(
        rule(
          '    settle: 0.25m\n    on: [renamed, written, created, moved-in]\n    where: {name: x, under: /a}\n    do:\n      - log:',
        ),
      ).hash,
    ).toBe(hash);
    expect(load(withWhere('{ under: /a, name: y }')).hash).not.toBe(hash);
    expect(load(rule('    settle: 16s\n    where: {name: x, under: /a}\n    do: [log: ]')).hash).not.toBe(hash);
  });

  it('may be JSON, may begin with a BOM, may end lines as Windows does, may use aliases', () => {
    const { hash } = load(EXAMPLE);
    expect(load(`\uFEFF${EXAMPLE.replaceAll('\n', '\r\n')}`).hash).toBe(hash);
    const aliased = load(
      'version: 1\nrules:\n  - {name: a, where: &w {under: /a}, do: [log: {}]}\n  - {name: b, where: *w, do: [log: {}]}\n',
    );
    expect(aliased.rules[1]?.where).toEqual({ under: ['/a'] });
  });
});

describe('problems name line, column and key, and say what would be right', () => {
  it.each([
    ['', '1:1: The file is empty. Begin it with "version: 1" and "rules:".'],
    ['# only this\n', '1:1: The file is empty: there are only comments. Begin it with "version: 1" and "rules:".'],
    [
      'version: 1\nrules:\n\t- name: x\n',
      '3:1: A tab is used to indent, which YAML does not allow. Indent with spaces.',
    ],
    [
      'version: 1\nrules: []\nrules: []\n',
      '3:1: The same key stands here twice. Keep one of them; several conditions of one kind go into a list.',
    ],
    [
      '{"version":1,"rules":[],"rules":[]}',
      '1:25: The same key stands here twice. Keep one of them; several conditions of one kind go into a list.',
    ],
    ['version: 1\nrules: []\n---\nversion: 1\n', '3:1: The file holds several documents (---). Keep one.'],
    ['version: 2\nrules: []\n', '1:10: version: 2 is not accepted here. Accepted: 1.'],
    ['rules: []\n', '1:1: version: "version" is missing.'],
    ['versoin: 1\nrules: []\n', '1:1: versoin: "versoin" is not a keyword of a rule file. Did you mean "version"?'],
    ['- a\n', '1:1: This is a list, and this takes keys with values. Its keywords: version, defaults, rules.'],
    ['version: 1\nrules:\n  - where: {under: /a}\n    do: [log: {}]\n', '3:5: rules[0].name: "name" is missing.'],
    [
      rule('    do: [log: {}]\n  - name: a\n    do: [log: {}]\n'),
      '5:11: rules[1].name: The name "a" is that of rule 1 too. Give each rule a name of its own.',
    ],
    [rule('    where: {under: /a}\n'), '3:5: rules[0].do: "do" is missing.'],
    [rule('    do: []\n'), '4:9: rules[0].do: The rule does nothing: give it at least one action.'],
    [rule('    do:\n      - lokc: {}\n'), '5:9: rules[0].do[0].lokc: There is no action "lokc". Did you mean "lock"?'],
    [
      rule('    do:\n      - frobnicate: {}\n'),
      '5:9: rules[0].do[0].frobnicate: There is no action "frobnicate". Actions: log, lock, quarantine, webhook, all-stop, rename, permissions, run.',
    ],
    [rule('    do:\n      - rename: {}\n'), '5:9: rules[0].do[0].rename.to: "to" is missing.'],
    [rule('    do:\n      - rename:\n'), '5:9: rules[0].do[0].rename.to: "to" is missing.'],
    [
      rule('    do:\n      - rename: {too: x}\n'),
      '5:18: rules[0].do[0].rename.too: "too" is not a keyword of the action "rename". Did you mean "to"?',
    ],
    [
      rule('    do:\n      - {log: {}, lock: {}}\n'),
      '5:9: rules[0].do[0]: Two actions in one item (log, lock): give each an item of its own, since they run one after another.',
    ],
    [
      rule('    do:\n      - permissions: {mode: 0640}\n'),
      '5:29: A mode must be quoted: YAML reads 0640 as the number 640. Write mode: "0640".',
    ],
    [
      withWhere('{ mode: 0o644 }'),
      '4:20: A mode must be quoted: YAML reads 0o644 as the number 420. Write mode: "0644".',
    ],
    [
      withWhere('{ tag: { case: 0123 } }'),
      '4:27: YAML reads 0123 as the number 123. Write it as 123, or in quotes if it is a text.',
    ],
    [
      withWhere('{ depth: 1e1 }'),
      '4:21: YAML reads 1e1 as the number 10. Write it as 10, or in quotes if it is a text.',
    ],
    [
      withWhere('{ size: 0x10 }'),
      '4:20: YAML reads 0x10 as the number 16. Write it as 16, or in quotes if it is a text.',
    ],
    [
      rule('    do:\n      - run: {command: /bin/true}\n'),
      '5:24: rules[0].do[0].run.command: This is text, and this takes a list (each item begins with "- ").',
    ],
    [rule('    do:\n      - run: {command: []}\n'), '5:24: rules[0].do[0].run.command: Too few: it takes 1 at least.'],
    [withWhere('{ mode: 640 }'), /^4:20: rules\[0\]\.where\.mode: 640 is a number, and this takes text/],
    [withWhere('{ mode: { any: "0888" } }'), /^4:27: rules\[0\]\.where\.mode\.any: The mode "0888" is none/],
    [
      rule('    settle: 15\n    do: [log: {}]\n'),
      '4:13: rules[0].settle: 15 is a number, and this takes text. Give it a unit: 15s, 15m (minutes) or 15h?',
    ],
    [
      rule('    settle: "15"\n    do: [log: {}]\n'),
      /^4:13: rules\[0\]\.settle: The duration "15" has no unit: 15s, 15m/,
    ],
    [rule('    settle: soon\n    do: [log: {}]\n'), /^4:13: rules\[0\]\.settle: The duration "soon" is none/],
    [
      rule('    on: [creatd]\n    do: [log: {}]\n'),
      '4:10: rules[0].on[0]: "creatd" is not accepted here. Did you mean "created"?',
    ],
    [
      rule('    on: xyz\n    do: [log: {}]\n'),
      /^4:9: rules\[0\]\.on: "xyz" is not accepted here. Accepted: created, written, /,
    ],
    [
      rule('    mode: once\n    do: [log: {}]\n'),
      /^4:11: rules\[0\]\.mode: "once" is not accepted here. Accepted: restart, /,
    ],
    [rule('    limits: {burst: 3}\n    do: [log: {}]\n'), '4:21: rules[0].limits.burst: "burst" needs a "rate".'],
    [rule('    limits: {rate: fast}\n    do: [log: {}]\n'), /^4:20: rules\[0\]\.limits\.rate: The rate "fast" is none/],
    [
      rule('    where:\n    do: [log: {}]\n'),
      '4:11: rules[0].where: There is nothing here. It takes keys with values. Leave the key out if it is not needed.',
    ],
    [
      withWhere('{ undr: /a }'),
      '4:14: rules[0].where.undr: "undr" is not a keyword of a condition. Did you mean "under"?',
    ],
    [withWhere('{ any: [] }'), '4:19: rules[0].where.any: The list is empty. Give it conditions, or leave it out.'],
    [withWhere('{ not: {} }'), '4:19: rules[0].where.not: There is no condition here: it would match everything.'],
    [withWhere('{ name: [] }'), '4:20: rules[0].where.name: A list is empty: it would never match.'],
    [
      withWhere('{ any: [{ count: { matches: 2, within: 1s } }] }'),
      '4:22: rules[0].where.any[0].count: "count" is not a keyword of a condition. "count" stands in the outermost "where" of a rule only.',
    ],
    [
      withWhere('{ time_zone: UTC, under: /a }'),
      /^4:25: rules\[0\]\.where\.time_zone: A time zone changes nothing here/,
    ],
    [
      withWhere('{ weekday: mon, time_zone: Mars }'),
      /^4:39: rules\[0\]\.where\.time_zone: The time zone "Mars" is not known/,
    ],
    [withWhere('{ path: "" }'), '4:20: rules[0].where.path: A glob is empty.'],
    [withWhere('{ path: a/b }'), /^4:20: rules\[0\]\.where\.path: The path "a\/b" can never match: paths are absolute/],
    [withWhere('{ path: [/a, "/a/../b"] }'), /^4:25: rules\[0\]\.where\.path\[1\]: The path "\/a\/\.\.\/b" holds/],
    [
      withWhere('{ name: "{1..100000}" }'),
      /^4:20: rules\[0\]\.where\.name: The glob "\{1\.\.100000\}" expands to more than 256/,
    ],
    [withWhere('{ name: a/b }'), /^4:20: rules\[0\]\.where\.name: The name "a\/b" can never match/],
    [withWhere('{ under: a }'), /^4:21: rules\[0\]\.where\.under: The directory "a" is not absolute/],
    [
      withWhere('{ extension: "*.csv" }'),
      /^4:25: rules\[0\]\.where\.extension: The extension "\*\.csv" is none: write \.csv/,
    ],
    [
      withWhere("{ regex: '(a' }"),
      /^4:21: rules\[0\]\.where\.regex: The regular expression "\(a" cannot be used: missing closing \)/,
    ],
    [withWhere("{ regex: '(?<=a)b' }"), /^4:21: .*RE2 syntax, without look-around/],
    [withWhere('{ size: 10M }'), /^4:20: rules\[0\]\.where\.size: The size "10M" is not clear: 10MiB .* or 10MB/],
    [withWhere('{ size: big }'), /^4:20: rules\[0\]\.where\.size: The size "big" is none/],
    [withWhere('{ size: 2GB..1GB }'), /^4:20: rules\[0\]\.where\.size: The range "2GB\.\.1GB" is empty/],
    [withWhere('{ created: "> 30" }'), /^4:23: rules\[0\]\.where\.created: The duration "30" has no unit/],
    [
      withWhere('{ time_of_day: "25:00-26:00" }'),
      /^4:27: rules\[0\]\.where\.time_of_day: The time of day "25:00-26:00" is none/,
    ],
    [withWhere('{ owner: "uid:joe" }'), /^4:21: rules\[0\]\.where\.owner: "uid:joe" names nobody/],
    [
      withWhere('{ depth: { min: 3, max: 2 } }'),
      '4:21: rules[0].where.depth: The depth is empty: "min" is more than "max".',
    ],
    [withWhere('{ under: *.csv }'), /^4:21: .*A text that begins with "\*" or "&" must be quoted\.$/],
    [withWhere('{ size: .nan }'), '4:20: Infinity and "not a number" are no values here.'],
    [withWhere('{ under: 5 }'), /^4:21: .*5 is a number, and this takes text, or a list .* Put it in quotes\.$/],
    [withWhere('{ stream: [5] }'), /^4:23: rules\[0\]\.where\.stream\[0\]: 5 is a number, and this takes text/],
    [withWhere('{ locked: yes }'), /"yes" is text, and this takes true or false, or keys with values\.$/],
    [withWhere('{ moved_from: { undr: /a } }'), /"undr" is not a keyword of "moved_from"\. Did you mean "under"\?$/],
    [withWhere('{ mode: { some: "0022" } }'), /"some" is not a keyword of "mode"\. Keywords: any, all, none\.$/],
    [withWhere('{ count: { matches: 0, within: 1s } }'), /matches: 0 is too little: at least 1\.$/],
    [rule('    on: created, written\n    do: [log: {}]\n'), /Write a list: \[created, written\]\.$/],
    [
      rule('    do: [webhook: "Bearer hunter2"]\n'),
      '4:19: rules[0].do[0].webhook: This is text, and this takes keys with values. Its keywords: url, format, text.',
    ],
    [
      rule('    do: [lock]\n'),
      /"lock" is text, and this takes keys with values\. Write "- lock: \{ … \}", with its parameters\.$/,
    ],
    [rule('    do: [{ continue_on_error: true }]\n'), '4:10: rules[0].do[0]: No action is named here.'],
    ['version: "1"\nrules: []\n', /^1:10: version: .* Write it without quotes\.$/],
    [withWhere('{ <<: { under: /a } }'), /^4:14: "<<" \(merge\) is no keyword here/],
  ])('%j', (text, expected) => {
    const [first, ...more] = problems(text);
    expect(more).toEqual([]);
    expect(first).toMatch(typeof expected === 'string' ? exactly(expected) : expected);
  });

  it('all at once, those of one file in its order of keywords', () => {
    expect(problems(rule('    settel: 1s\n    where: {size: x, undr: /a}\n    do: [log: {txt: a}]\n'))).toHaveLength(4);
  });

  it('and at most a hundred of them', () => {
    const many = Array.from({ length: 500 }, (_, index) => `  - name: r${index}\n    x: 1\n    do: [log: {}]\n`);
    expect(problems(`version: 1\nrules:\n${many.join('')}`)).toHaveLength(100);
  });
});

describe('what is allowed and probably not meant is warned of', () => {
  it.each([
    ['version: 1\nrules: []\n', '2:8: rules: There are no rules: nothing will be done.'],
    [
      rule('    do: [log: {}]\n'),
      '3:11: rules[0].name: Rule "a": has no condition and matches every change of its kinds.',
    ],
    [
      withWhere('{ moved_from: "/a/**" }').replace('name: a\n', 'name: a\n    on: created\n'),
      '4:9: rules[0].on: Rule "a": "moved_from" is only true for renames, and "on" has no "renamed".',
    ],
    [
      withWhere('{ under: /a }').replace('name: a\n', 'name: a\n    on: [created, moved-in]\n'),
      /^4:9: rules\[0\]\.on: Rule "a": "moved-in" is only what comes from outside the watched directory; .* "renamed"/,
    ],
    [
      withWhere('{ under: /a }').replace(/do: .*/, 'do: [webhook: { url: "https://hooks.slack.com/services/T0/B0" }]'),
      /^\d+:\d+: rules\[0\]\.do\[0\]: Rule "a": webhook has what looks like a secret in "url"\. .*url_env, url_file/,
    ],
    [
      guard('[written, removed, renamed]', '{ path: "/shares/**/.canary*" }'),
      '5:12: rules[0].where: Rule "a": a file that is renamed away is not noticed: "path" is about the new path of a rename. Say it of the old one too: any: [{ path: … }, { moved_from: { path: … } }].',
    ],
    [
      guard('renamed', '{ any: [{ under: /a, name: ".canary*" }] }'),
      /renamed away .*any: \[\{ name: … \}, \{ moved_from/,
    ],
    [
      guard('[created, written, renamed]', '{ regex: canary }'),
      /"regex" is about the new path .*\{ moved_from: \{ path: /,
    ],
    [
      withWhere('{ time_zone: Europe/Berlin, weekday: [thu], not: { time_of_day: "08:00-17:00" } }'),
      /rules\[0\]\.where\.not\.time_of_day: Rule "a": time_of_day here is in UTC: "time_zone: Europe\/Berlin" further out/,
    ],
    [
      withWhere(
        '{ time_zone: Europe/Berlin, weekday: thu, all: [{ under: /a }, { any: [{ under: /b, weekday: mon }] }] }',
      ),
      /rules\[0\]\.where\.all\[1\]\.any\[0\]\.weekday: Rule "a": weekday here is in UTC/,
    ],
    [withWhere('{ any: [{ under: /a/* }] }'), /"under" is no glob: \/a\/\* is taken as a directory/],
  ])('%j', (text, expected) => {
    const [first, ...more] = warnings(text);
    expect(more).toEqual([]);
    expect(first).toMatch(typeof expected === 'string' ? exactly(expected) : expected);
  });

  it.each([
    ['the old path is looked at', guard('[written, renamed]', '{ any: [{ name: a }, { moved_from: { name: a } }] }')],
    ['no renames', guard('[written, removed, moved-out]', '{ name: a }')],
    ['no path', guard('[written, renamed]', '{ size: "> 1" }')],
    ['names that are left out', guard('[written, renamed]', '{ not: { name: "*.tmp" } }')],
    ['new names alone', guard('[created, moved-in, renamed]', '{ extension: locked }')],
    ['many at once', guard('[written, renamed]', '{ under: /a, count: { matches: 9, within: 1m } }')],
    ['switched off', guard('renamed', '{ name: a }').replace('    where', '    enabled: false\n    where')],
    ['another action', guard('renamed', '{ name: a }').replace(/all-stop: .*\}/, 'log: {}')],
  ])('a file that is renamed away is no matter: %s', (_, text) => {
    expect(warnings(text)).toEqual([]);
  });

  it.each([
    '{ time_zone: Europe/Berlin, weekday: thu, not: { time_zone: UTC, time_of_day: "08:00-17:00" } }',
    '{ time_zone: Europe/Berlin, weekday: thu, not: { under: /a } }',
    '{ time_zone: UTC, weekday: thu, not: { time_of_day: "08:00-17:00" } }',
    '{ weekday: thu, not: { time_zone: Europe/Berlin, time_of_day: "08:00-17:00" } }',
  ])('of time zones there is no warning: %s', (conditions) => {
    expect(warnings(withWhere(conditions))).toEqual([]);
  });

  it('but a plain file has no warnings', () => {
    const plain = EXAMPLE.replaceAll(/moved-in\]/g, 'moved-in, renamed]').replace(
      'path: "/shares/**/.canary*"',
      'any: [{ path: "/shares/**/.canary*" }, { moved_from: "/shares/**/.canary*" }]',
    );
    expect(warnings(plain)).toEqual([]);
    expect(warnings(withWhere('{ size: "> 1" }').replace('name: a\n', 'name: a\n    on: [moved-in]\n'))).toEqual([]);
  });
});

describe('hostile files', () => {
  it('aliases that stand for billions are refused', () => {
    const levels = 'abcdefghij'.split('').map((name, index, all) => {
      const before = all[index - 1];
      const items = before === undefined ? 'x' : Array.from({ length: 10 }, () => `*${before}`).join(',');
      return `${name}: &${name} [${items}]\n`;
    });
    expect(problems(levels.join(''))).toEqual([
      expect.stringContaining('The file uses its aliases (*name) more than 1000 times'),
    ]);
  });

  it('nesting without end is refused', () => {
    const deep = `${'{ not: '.repeat(200)}{ under: /a }${' }'.repeat(200)}`;
    expect(problems(withWhere(deep))).toEqual([expect.stringContaining('nested more than 100 deep')]);
    const endless = ['['.repeat(100_000), `{"version":1,"rules":${'['.repeat(100_000)}${']'.repeat(100_000)}}`];
    for (const text of [...endless, withWhere(`${'not: { '.repeat(4000)}under: /a${' }'.repeat(4000)}`)])
      expect(problems(text)).toEqual([expect.stringContaining('nested more than 100 deep')]);
  });

  it('problems come in the order of the file', () => {
    const rule = '  - { nme: a, do: [{ lg: {} }] }\n';
    const places = problems(`version: 1\nrules:\n${rule}${rule}`).map((words) =>
      words.split(':').slice(0, 2).map(Number),
    );
    expect(places.length).toBeGreaterThan(3);
    expect(places).toEqual(places.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d));
  });

  it('keys that mean something to an object are unknown keywords and nothing more', () => {
    expect(problems('version: 1\nrules: []\n__proto__: { polluted: true }\n')).toHaveLength(1);
    expect(problems('{"version":1,"rules":[],"__proto__":{"polluted":true}}')).toHaveLength(1);
    expect(problems('version: 1\nrules: []\nconstructor: 1\n')).toHaveLength(1);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('a regular expression that would grow too large is refused', () => {
    expect(problems(withWhere("{ regex: '((a{100}){100}){100}' }"))).toHaveLength(1);
    expect(problems(withWhere("{ regex: '(a{999}b{999}){1,999}' }"))).toHaveLength(1);
    expect(problems(withWhere(`{ regex: '${'a'.repeat(2000)}' }`))).toHaveLength(1);
  });
});

it('a hundred thousand rules are read by the fast reader as the library reads them', () => {
  const one = (index: number): string =>
    `  - name: rule ${index}\n    where: { under: /records/${index}, not: { name: ["*.part"] } }\n    do:\n    - lock: { retention: 7y }\n`;
  const few = `version: 1\nrules:\n${Array.from({ length: 20 }, (_, index) => one(index)).join('')}`;
  const padding = '# padding\n'.repeat(12_000);
  expect(load(padding + few).hash).toBe(load(few).hash);
});
