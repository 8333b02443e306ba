import { describe, expect, it } from 'vitest';
import { type Change, type ChangeType, compileRules, formatProblem, loadRules, migrate } from '../../src/index.ts';
import { catalog, change, load } from '../support/rules.ts';

/** As the samples have it. */
const WITH_EVENTS = `PATHS:
  - /home/joe
  - /home/bob

EXTENSIONS:
  - .bak
  - .jpg
  - .txt

EVENTS:
  - child_file_added
  - child_dir_added
  - child_file_removed
  - child_file_moved_from
  - child_file_moved_to
  - child_data_written
`;
const WITHOUT_EVENTS = 'PATHS:\n  - /home/joe\n  - /home/alice\n\nEXTENSIONS:\n  - .bak\n  - .rtf\n';

function matches(text: string, type: ChangeType, path: string, over: Partial<Change> = {}): number {
  const kind = type.includes('dir_') ? 'directory' : 'file';
  return compileRules(load(text)).match(change({ type, path, kind, ...over })).length;
}

describe('a watch list of the samples', () => {
  it('is loaded unchanged: its events, below its paths, with its extensions, are printed', () => {
    expect(matches(WITH_EVENTS, 'child_file_added', '/home/joe/a.txt')).toBe(1);
    expect(matches(WITH_EVENTS, 'child_file_added', '/home/bob/deep/down/A.TXT')).toBe(1);
    expect(matches(WITH_EVENTS, 'child_data_written', '/home/joe/a.jpg')).toBe(1);
    expect(matches(WITH_EVENTS, 'child_file_added', '/home/joe/a.pdf')).toBe(0);
    expect(matches(WITH_EVENTS, 'child_file_added', '/home/joey/a.txt')).toBe(0);
    expect(matches(WITH_EVENTS, 'child_file_added', '/home/ann/a.txt')).toBe(0);
    expect(matches(WITH_EVENTS, 'child_acl_changed', '/home/joe/a.txt')).toBe(0);
    const [rule] = load(WITH_EVENTS).rules;
    expect(rule).toMatchObject({ settleMs: 0, do: [{ action: 'log', params: {} }] });
  });

  it('means a rename where it names a half of one', () => {
    expect(matches(WITH_EVENTS, 'child_file_renamed', '/home/joe/a.txt', { movedFrom: '/home/joe/b' })).toBe(1);
    expect(matches(WITH_EVENTS, 'child_dir_renamed', '/home/joe/a.txt', { movedFrom: '/home/joe/b' })).toBe(0);
  });

  it('looks at the old name of what is moved away, where it names the half that leaves, and prints a rename once', () => {
    const renamed = (text: string, path: string, movedFrom: string) =>
      matches(text, 'child_file_renamed', path, { movedFrom });
    expect(renamed(WITH_EVENTS, '/home/zed/a.txt', '/home/joe/a.txt')).toBe(1);
    expect(renamed(WITH_EVENTS, '/home/joe/a.pdf', '/home/joe/a.txt')).toBe(1);
    expect(renamed(WITH_EVENTS, '/home/joe/b.txt', '/home/joe/a.txt')).toBe(1);
    expect(renamed(WITH_EVENTS, '/home/zed/a.pdf', '/home/joe/a.pdf')).toBe(0);
    const leaving = 'PATHS: [/home/joe]\nEXTENSIONS: [.txt]\nEVENTS: [child_file_moved_from]\n';
    expect(renamed(leaving, '/home/zed/a.txt', '/home/joe/a.txt')).toBe(1);
    expect(renamed(leaving, '/home/joe/b.txt', '/home/joe/a.txt')).toBe(1);
    expect(renamed(leaving, '/home/joe/a.txt', '/home/zed/a.txt')).toBe(0);
    const coming = leaving.replace('moved_from', 'moved_to');
    expect(renamed(coming, '/home/joe/a.txt', '/home/zed/a.txt')).toBe(1);
    expect(renamed(coming, '/home/zed/a.txt', '/home/joe/a.txt')).toBe(0);
    const mixed = leaving.replace('[child_file', '[child_dir_moved_from, child_dir_moved_to, child_file');
    expect(renamed(mixed, '/home/joe/b.txt', '/home/joe/a.txt')).toBe(1);
  });

  it('prints new directories without an extension, as its script does, each once', () => {
    expect(matches(WITH_EVENTS, 'child_dir_added', '/home/joe/new')).toBe(1);
    expect(matches(WITH_EVENTS, 'child_dir_added', '/home/joe/new.bak')).toBe(1);
    expect(matches(WITH_EVENTS, 'child_dir_added', '/home/ann/new')).toBe(0);
  });

  it('without EVENTS looks at new files', () => {
    expect(matches(WITHOUT_EVENTS, 'child_file_added', '/home/alice/a.rtf')).toBe(1);
    expect(matches(WITHOUT_EVENTS, 'child_data_written', '/home/alice/a.rtf')).toBe(0);
    expect(matches(WITHOUT_EVENTS, 'child_dir_added', '/home/alice/a')).toBe(0);
  });

  it('may be JSON, and may end its paths with a slash', () => {
    const text = JSON.stringify({ PATHS: ['/home/joe/'], EXTENSIONS: ['bak'], EVENTS: ['child_file_added'] });
    expect(matches(text, 'child_file_added', '/home/joe/a.bak')).toBe(1);
  });

  it.each([
    ['PATHS: [home/joe]\nEXTENSIONS: [.a]\n', /^w:1:9: PATHS\[0\]: The directory "home\/joe" is not absolute/],
    [
      'PATHS: [/a]\nEXTENSIONS: [.a]\nEVENTS: [child_file_add]\n',
      /^w:3:10: EVENTS\[0\]: "child_file_add" is not accepted here\. Did you mean "child_file_added"/,
    ],
    ['PATHS: [/a]\nEXTENSIONS: [.a]\nEVENTS: []\n', /^w:3:9: EVENTS: EVENTS is empty/],
    ['EXTENSIONS: [.a]\n', /PATHS: "PATHS" is missing/],
    ['PATHS: [/a]\n', /EXTENSIONS: EXTENSIONS is missing/],
    [
      'PATHS: [/a]\nEXTENSION: [.a]\n',
      /^w:2:1: EXTENSION: "EXTENSION" is not a keyword of a watch list\. Did you mean "EXTENSIONS"/,
    ],
  ])('with a mistake says so: %j', (text, expected) => {
    const result = loadRules(text, { source: 'w', catalog });
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([expect.stringMatching(expected)]);
  });

  it('is turned into rules that are the same rule set', () => {
    for (const text of [WITH_EVENTS, WITHOUT_EVENTS]) {
      const migrated = migrate(text);
      const made = migrated.ok ? migrated.text : '';
      expect(made).toMatch(/^# Made from a watch list/);
      expect(load(made)).toEqual(load(text));
    }
  });

  it('is not what a rule file is', () => {
    const result = migrate('version: 1\nrules: []\n', { source: 'r.yml' });
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      'r.yml:1:1: This is no watch list: it has none of PATHS, EXTENSIONS, EVENTS.',
    ]);
  });
});
