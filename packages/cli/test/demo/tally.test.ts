import { expect, it } from 'vitest';
import { isFinished } from '../../src/demo/finished.ts';
import { RULES } from '../../src/demo/rule-texts.ts';
import { Tally } from '../../src/demo/tally.ts';
import { Truth } from '../../src/demo/truth.ts';

const done = (rule: string, action: string, fileId: string) => ({ kind: 'done', rule, action, fileId, path: '/x' });

it('counts files by what was done to them, each once', () => {
  const tally = new Tally();
  for (const line of [
    done(RULES.lock, 'lock', '1'),
    done(RULES.lock, 'lock', '1'),
    done(RULES.quarantine, 'quarantine', '2'),
    done(RULES.quarantine, 'webhook', '2'),
    done(RULES.stamp, 'rename', '3'),
    done(RULES.readOnly, 'permissions', '4'),
    done('(look into a directory that came)', 'look inside', '5'),
  ])
    tally.take(line);
  const sets = [tally.locked, tally.quarantined, tally.notified, tally.renamed, tally.readOnly];
  expect(sets.map((files) => [...files])).toEqual([['1'], ['2'], ['2'], ['3'], ['4']]);
});

it('knows which rules are in force after reloads and refusals', () => {
  const tally = new Tally();
  tally.take({ kind: 'rules-loaded', hash: 'a', rules: 2, added: ['x', 'y'], removed: [], changed: [] });
  tally.take({ kind: 'rules-broken', problems: ['no'], keptHash: 'a' });
  tally.take({ kind: 'rules-loaded', hash: 'b', rules: 2, added: ['z'], removed: ['x'], changed: [] });
  expect(tally).toMatchObject({ reloads: 1, refusals: 1, lastRefusal: 'no', rules: { hash: 'b', count: 2 } });
  expect([...(tally.rules?.names ?? [])].sort()).toEqual(['y', 'z']);
});

it('is finished when every file has what it must have, and nothing waits', () => {
  const [truth, tally] = [new Truth(), new Tally()];
  truth.finished('1', '/records/a', 0);
  truth.executables.set('2', '/shares/b.exe');
  truth.inbox.set('3', '/incoming/note.txt');
  tally.take({ kind: 'matched', rule: RULES.lock, fileId: '1' });
  tally.take(done(RULES.quarantine, 'quarantine', '2'));
  tally.take(done(RULES.quarantine, 'webhook', '2'));
  expect(isFinished(truth, tally)).toBe(false);
  tally.take(done(RULES.lock, 'lock', '1'));
  expect(isFinished(truth, tally)).toBe(true);
  tally.take({ kind: 'matched', rule: RULES.lock, fileId: '9' });
  expect(isFinished(truth, tally)).toBe(false);
});
