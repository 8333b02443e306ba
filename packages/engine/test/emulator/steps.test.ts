import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action, ActionOutcome } from '../../src/actions/port.ts';
import { LiveMonitor } from '../support/live-monitor.ts';

let live: LiveMonitor;
let ran: string[] = [];
beforeEach(async () => {
  ran = [];
  live = await LiveMonitor.open('/in');
});
afterEach(() => live.dispose());

const FAILED: ActionOutcome = { kind: 'failed', reason: 'It is refused.', remedy: 'Ask.' };

/** An action that writes down its runs, and does what it is told, one outcome a run. */
function action(name: string, ...outcomes: readonly ActionOutcome[]): Action {
  let run = 0;
  return {
    name,
    summary: 'For tests.',
    params: (z) => z.strictObject({}),
    effects: () => [],
    privileges: () => [],
    dryRun: () => Promise.resolve('nothing'),
    run: () => {
      ran.push(name);
      run += 1;
      return Promise.resolve(outcomes[run - 1] ?? { kind: 'done', note: `${name} done` });
    },
  };
}

async function start(steps: string, ...actions: readonly Action[]): Promise<void> {
  const rules = `version: 1\nrules: [{ name: r, on: created, where: { under: /in }, settle: 0s, do: [${steps}] }]\n`;
  await live.start(rules, { actions: () => Object.fromEntries(actions.map((one) => [one.name, one])) });
  live.create('/in/a');
}

describe('the steps of a rule', () => {
  it('run in the order written', async () => {
    await start('{ one: {} }, { two: {} }, { three: {} }', action('one'), action('two'), action('three'));
    await live.done(3);
    expect(ran).toEqual(['one', 'two', 'three']);
  });

  it('look at a file that is not ready again and again, which is no runaway and costs nothing of a rate', async () => {
    const notYet: ActionOutcome = { kind: 'not-yet', reason: 'still open', delayMs: 1 };
    await start('{ one: {} }', action('one', ...Array.from({ length: 20 }, () => notYet)));
    await live.done(1);
    expect(ran).toHaveLength(21);
    expect(live.of('parked')).toEqual([]);
  });

  it('that hang outside hold up no other rule', async () => {
    const hanging = Promise.withResolvers<ActionOutcome>();
    const outside: Action = { ...action('far'), reach: 'outside', run: () => hanging.promise };
    await live.start(
      `version: 1
rules:
  - { name: far, on: created, where: { name: "far*" }, settle: 0s, do: [{ far: {} }] }
  - { name: near, on: created, where: { name: near }, settle: 0s, do: [{ near: {} }] }\n`,
      { actions: () => ({ far: outside, near: action('near') }) },
    );
    for (let n = 0; n < 100; n += 1) live.create(`/in/far${n}`);
    await live.until(() => live.of('matched').length === 100);
    live.create('/in/near');
    await live.done(1);
    expect(ran).toEqual(['near']);
    hanging.resolve({ kind: 'done', note: 'at last' });
    await live.done(101);
  });

  it('are never out of tries when the action perseveres', async () => {
    const down: ActionOutcome = { kind: 'transient', reason: 'trouble', target: 'file', overload: false };
    const one = action('one', ...Array.from({ length: 18 }, () => down));
    const outcomes = { ...one, perseveres: true };
    await live.start(`version: 1\nrules: [{ name: r, on: created, settle: 0s, do: [{ one: {} }] }]\n`, {
      actions: () => ({ one: outcomes }),
      random: () => 0,
    });
    live.create('/in/a');
    await live.done(1);
    expect(ran).toHaveLength(19);
    expect(live.of('retrying')).toHaveLength(18);
  });

  it('end with one that fails: the job waits for a person, who has it go on from there', async () => {
    await start('{ one: {} }, { two: {} }, { three: {} }', action('one'), action('two', FAILED), action('three'));
    await live.until(() => live.of('failed').length === 1);
    expect(live.of('failed')).toMatchObject([
      { action: 'two', goesOn: false, reason: 'It is refused.', remedy: 'Ask.' },
    ]);
    expect((await live.monitor?.status())?.jobs).toMatchObject({ dead: 1, waiting: 0, due: 0, running: 0 });
    expect(ran).toEqual(['one', 'two']);
    const [failed] = live.of('failed');
    expect(await live.monitor?.retry(`r\0${failed?.fileId ?? ''}`)).toBe(true);
    await live.done(3);
    expect(ran).toEqual(['one', 'two', 'two', 'three']);
    expect(await live.stop()).toMatchObject({ jobs: { dead: 0 } });
  });

  it('go on behind one that fails where the rule says so', async () => {
    await start('{ one: {}, continue_on_error: true }, { two: {} }', action('one', FAILED), action('two'));
    await live.done(1);
    expect(live.of('failed')).toMatchObject([{ action: 'one', goesOn: true }]);
    expect(ran).toEqual(['one', 'two']);
    expect(await live.stop()).toMatchObject({ jobs: { dead: 0, waiting: 0 } });
  });

  it('are tried again when the trouble may pass, and not those before', async () => {
    const passing: ActionOutcome = { kind: 'transient', reason: 'Busy.', target: 'file', overload: false };
    await start('{ one: {} }, { two: {} }', action('one'), action('two', passing));
    await live.done(2);
    expect(live.of('retrying')).toMatchObject([{ action: 'two', attempt: 1, reason: 'Busy.' }]);
    expect(ran).toEqual(['one', 'two', 'two']);
  });

  it.each([
    [undefined, /it resolved with something that is no outcome/],
    [{ kind: 'success' }, /"kind": /],
    [{ kind: 'done' }, /"note": /],
    [{ kind: 'done', note: 'x', level: 'loud' }, /"level": /],
    [{ kind: 'not-yet', reason: 'x' }, /"delayMs": /],
    [{ kind: 'transient', reason: 'x', target: 'moon', overload: false }, /"target": must be file, cluster or host/],
  ])(
    'an own action that resolves with %j is a dead letter that says so, and the monitor goes on',
    async (said, words) => {
      const broken: Action = { ...action('one'), run: () => Promise.resolve(JSON.parse(JSON.stringify(said ?? null))) };
      await start('{ one: {} }', broken);
      await live.until(() => live.of('failed').length === 1);
      expect(live.of('failed')[0]?.reason).toMatch(words);
      expect(live.of('fatal')).toEqual([]);
      expect(await live.stop()).toMatchObject({ endReason: 'signal', jobs: { dead: 1, running: 0 } });
    },
  );

  it('end quietly when the file is gone', async () => {
    await start('{ one: {} }, { two: {} }', action('one', { kind: 'gone', note: 'gone' }), action('two'));
    await live.until(() => live.of('gone').length === 1);
    expect(await live.stop()).toMatchObject({ jobs: { dead: 0, waiting: 0, due: 0 } });
    expect(ran).toEqual(['one']);
  });
});
