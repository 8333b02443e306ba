import { describe, expect, it } from 'vitest';
import { type GuardedRun, RunawayBreaker } from '../../src/guard/runaway.ts';
import { FakeClock } from '../support/fake-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** One rule of one instance, on a clock that only the test moves. */
class Rule {
  readonly clock: FakeClock;
  readonly breaker: RunawayBreaker;
  readonly settleMs: number;
  runs = 0;
  pauses = 0;
  parked: string | undefined;
  #matches = 0;

  constructor(clock: FakeClock, settleMs = 0) {
    this.clock = clock;
    this.settleMs = settleMs;
    this.breaker = new RunawayBreaker(clock);
  }

  /** Somebody has changed the file just now. */
  match({ path = '/a/x', parallel = false } = {}): GuardedRun {
    this.#matches += 1;
    const key = `rule\u00007${parallel ? `#1.${this.#matches}` : ''}`;
    return { key, path, settleMs: this.settleMs, match: String(this.#matches), changedAt: this.clock.now() };
  }

  /** Runs when it has settled, and waits when it is told to. False: it is parked. */
  async run(run: GuardedRun, { changes = false, takesMs = 0 } = {}): Promise<boolean> {
    await this.clock.advance(run.changedAt + run.settleMs - this.clock.now());
    for (;;) {
      const leave = this.breaker.begin(run);
      if (leave.kind === 'stop') {
        this.parked = leave.why;
        return false;
      }
      if (leave.kind === 'go') break;
      this.pauses += 1;
      await this.clock.advance(leave.ms);
    }
    this.runs += 1;
    if (changes) this.breaker.changed(run, this.clock.now());
    await this.clock.advance(takesMs);
    this.breaker.ended(run);
    return true;
  }
}

describe('two rules of two instances that undo each other', () => {
  const everySettle = [0, 7 * SECOND, 15 * SECOND, 2 * MINUTE, 30 * MINUTE];

  it.each(everySettle)('are stopped when each has a settle time of %i ms', async (settleMs) => {
    const clock = new FakeClock();
    const there = new Rule(clock, settleMs);
    const back = new Rule(clock, settleMs);
    const began = clock.now();
    for (let turn = 0; turn < 50; turn += 1) {
      if (!(await there.run(there.match({ path: '/g/s1' }), { changes: true }))) break;
      await clock.advance(700);
      if (!(await back.run(back.match({ path: '/g/s2' }), { changes: true }))) break;
      await clock.advance(700);
    }
    const seconds = Math.ceil((clock.now() - began - settleMs) / SECOND);
    expect(there.parked).toBe(
      `It changed this file 6 times within ${seconds} s, and each time the file was changed again or put back.`,
    );
    expect([there.runs, back.runs]).toEqual([6, 6]);
  });

  it.each(everySettle)('are stopped when only one has a settle time of %i ms', async (settleMs) => {
    const clock = new FakeClock();
    const quick = new Rule(clock, 0);
    const slow = new Rule(clock, settleMs);
    let turns = 0;
    for (; turns < 50; turns += 1) {
      if (!(await quick.run(quick.match(), { changes: true }))) break;
      await clock.advance(700);
      if (!(await slow.run(slow.match(), { changes: true }))) break;
      await clock.advance(700);
    }
    expect(turns).toBe(6);
  });

  it('are stopped when each match is a job of its own', async () => {
    const rule = new Rule(new FakeClock(), 15 * SECOND);
    for (let turn = 0; turn < 6; turn += 1) {
      // A rename and its new attributes, say: one of them is the return, the other finds nothing left to do, or does it again.
      const both = [rule.match({ parallel: true }), rule.match({ parallel: true })];
      for (const run of both) expect(await rule.run(run, { changes: true })).toBe(true);
      await rule.clock.advance(16 * SECOND);
    }
    expect(await rule.run(rule.match({ parallel: true }))).toBe(false);
  });

  it('are stopped at last when their file has another name after each turn', async () => {
    const rule = new Rule(new FakeClock());
    const turn = () => rule.run(rule.match({ path: `/a/${'b-a-'.repeat(rule.runs)}x` }), { changes: true });
    while (rule.runs < 1000 && (await turn())) await rule.clock.advance(300);
    expect(rule.parked).toMatch(/^It ran 34 times in a row /);
  });

  it('are let go by a person, and counted anew', async () => {
    const rule = new Rule(new FakeClock());
    const turns = async () => {
      for (let turn = 0; ; turn += 1) {
        await rule.clock.advance(2 * SECOND);
        if (!(await rule.run(rule.match(), { changes: true }))) return turn;
      }
    };
    expect(await turns()).toBe(6);
    expect(await turns()).toBe(0);
    rule.breaker.release('rule\u00007');
    expect(await turns()).toBe(6);
  });
});

describe('a file that is changed often, and by nobody because of us', () => {
  it.each([0, 500, 3 * SECOND, 9 * SECOND])('a run of %i ms for each save is no runaway', async (takesMs) => {
    const rule = new Rule(new FakeClock());
    for (let save = 0; save < 200; save += 1) {
      const saved = rule.match();
      expect(await rule.run(saved, { takesMs })).toBe(true);
      // While it runs one more waits (`mode: queued`): what was saved last is what it answers.
      await rule.clock.advance(2 * SECOND);
    }
    expect(rule).toMatchObject({ runs: 200, pauses: 0, parked: undefined });
  });

  it('saves that come during each run cost a pause now and then, no more', async () => {
    const clock = new FakeClock();
    const rule = new Rule(clock);
    let run = rule.match();
    for (let save = 0; save < 300; save += 1) {
      const leave = rule.breaker.begin(run);
      expect(leave.kind).not.toBe('stop');
      if (leave.kind === 'wait') rule.pauses += 1;
      // It takes 6 s and somebody saves every 5 s. A job that is held back is armed anew by a save.
      await clock.advance(5 * SECOND);
      run = rule.match();
      if (leave.kind === 'wait') continue;
      await clock.advance(SECOND);
      rule.breaker.ended(run);
    }
    expect(rule.pauses).toBeGreaterThan(0);
    expect(rule.pauses).toBeLessThan(12);
  });

  it('a rule that changes it under a new name each time does not undo anything', async () => {
    const rule = new Rule(new FakeClock());
    for (let n = 0; n < 20; n += 1) {
      expect(await rule.run(rule.match({ path: `/a/log-${n}` }), { changes: true })).toBe(true);
      await rule.clock.advance(2 * SECOND);
    }
  });

  it('a rule whose effects are far apart is not parked for them', async () => {
    const rule = new Rule(new FakeClock(), 15 * SECOND);
    for (let n = 0; n < 20; n += 1) {
      expect(await rule.run(rule.match(), { changes: true })).toBe(true);
      await rule.clock.advance(MINUTE);
    }
  });

  it('several effects of one run are one', async () => {
    const rule = new Rule(new FakeClock());
    const run = rule.match();
    for (let n = 0; n < 10; n += 1) rule.breaker.changed(run, rule.clock.now());
    expect(await rule.run(rule.match())).toBe(true);
  });
});

describe('a program that changes the file that it is run for', () => {
  it.each([
    { settleMs: 0, takesMs: 200 },
    { settleMs: 15 * SECOND, takesMs: 200 },
    { settleMs: 0, takesMs: MINUTE },
  ])('is stopped: $takesMs ms with a settle time of $settleMs ms', async ({ settleMs, takesMs }) => {
    const rule = new Rule(new FakeClock(), settleMs);
    while (rule.runs < 1000 && (await rule.run(rule.match(), { takesMs }))) await rule.clock.advance(300);
    expect(rule).toMatchObject({
      runs: 34,
      pauses: 5,
      parked:
        'It ran 34 times in a row because this file changed while it ran, or within 1 s after that, and never while it was held back: what it does leads to these changes.',
    });
  });

  it('is stopped when each match is a job of its own', async () => {
    const rule = new Rule(new FakeClock());
    while (rule.runs < 1000 && (await rule.run(rule.match({ parallel: true }), { takesMs: 20 })))
      await rule.clock.advance(50);
    expect(rule.runs).toBe(300);
    expect(rule.parked).toMatch(/^It ran 300 times in a row .*: what it does seems to lead to these changes\.$/);
  });

  it('runs on when others change the file while it is held back', async () => {
    const rule = new Rule(new FakeClock());
    for (let n = 0; n < 200; n += 1) {
      const run = rule.match();
      const leave = rule.breaker.begin(run);
      expect(leave.kind).not.toBe('stop');
      if (leave.kind === 'go') rule.breaker.ended(run);
      await rule.clock.advance(100);
    }
  });
});
