import { afterEach, describe, expect, it, vi } from 'vitest';
import { lockAction } from '../../src/actions/lock/index.ts';
import { RuleBook } from '../../src/monitor/rule-book.ts';

const RULES = `version: 1
rules: [{ name: r, on: created, do: [{ lock: { retention: "2031-12-31" } }] }]
`;

function bookOn(kept: Map<string, string>): RuleBook {
  const store = {
    keepRuleSet: (hash: string, text: string) => Promise.resolve(void kept.set(hash, text)),
    ruleSet: (hash: string) => Promise.resolve(kept.get(hash)),
  };
  return new RuleBook({ actions: { lock: lockAction }, store, now: () => 0, builtin: [] });
}

afterEach(() => {
  vi.useRealTimers();
});

describe('rule sets that jobs were made with', () => {
  it('are read although a date in them has passed since; a file with such a date is refused', async () => {
    const kept = new Map<string, string>();
    const loaded = await bookOn(kept).load(RULES, 'rules.yml');
    const hash = loaded.ok ? loaded.ruleSet.hash : '';
    vi.useFakeTimers({ now: Date.parse('2032-01-01T00:00:00Z'), toFake: ['Date'] });
    const later = bookOn(kept);
    expect(await later.find(hash, 'r')).toMatchObject({
      steps: [{ params: { retention: { at: '2031-12-31T00:00:00Z' } } }],
    });
    expect(await later.load(RULES, 'rules.yml')).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('is past') }],
    });
  });
});
