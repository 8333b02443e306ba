import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailBatch } from '../../src/actions/email/batch.ts';
import type { MailItem } from '../../src/actions/email/message.ts';
import type { ActionOutcome } from '../../src/actions/port.ts';

const WINDOW_MS = 60_000;
const RETRY_MS = 5000;

/** One moment at which jobs are due. */
interface Fate {
  /** What the server makes of a mail that is sent then. */
  readonly taken: boolean;
  /** The program dies before so many of the jobs' outcomes are recorded; undefined: it does not. */
  readonly crashAfter: number | undefined;
}

/** A queue, a mail server and a program that dies now and then. */
class World {
  readonly mailed: string[][] = [];
  readonly open = new Map<string, number>();
  /** How often the program died when a job's mail was taken and that was not recorded. */
  readonly #excuses = new Map<string, number>();
  #batch = new MailBatch();
  #now = 0;

  async step(fate: Fate): Promise<void> {
    this.#now = Math.max(this.#now, Math.min(...this.open.values()));
    const due = [...this.open].filter(([, at]) => at <= this.#now).map(([id]) => id);
    const outcomes = await Promise.all(due.map((id) => this.#ask(id, fate.taken)));
    const recorded = fate.crashAfter ?? outcomes.length;
    due.forEach((id, n) => {
      const outcome = outcomes[n];
      if (n >= recorded || outcome === undefined) {
        this.open.set(id, this.#now);
        return;
      }
      if (outcome.kind === 'done') this.open.delete(id);
      else this.open.set(id, this.#now + (outcome.kind === 'not-yet' ? outcome.delayMs : RETRY_MS));
    });
    if (fate.crashAfter === undefined) return;
    this.#batch = new MailBatch();
    for (const id of this.open.keys()) {
      const excused = this.excused(id);
      if (this.mailedTimes(id) > excused) this.#excuses.set(id, excused + 1);
    }
  }

  mailedTimes(id: string): number {
    return this.mailed.filter((ids) => ids.includes(id)).length;
  }

  excused(id: string): number {
    return this.#excuses.get(id) ?? 0;
  }

  #ask(id: string, taken: boolean): Promise<ActionOutcome> {
    const item: MailItem = { id, job: id, subject: id, text: id };
    return this.#batch.ask(item, WINDOW_MS, this.#now, async (items) => {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (!taken) return { kind: 'transient', reason: 'later', target: 'host:mail', overload: false };
      this.mailed.push(items.map((one) => one.id));
      return { kind: 'done', note: 'mailed' };
    });
  }
}

const fate = (crashes: fc.Arbitrary<number | undefined>): fc.Arbitrary<Fate> =>
  fc.record({ taken: fc.boolean(), crashAfter: crashes });
const arrivals = fc.array(fc.nat(200_000), { minLength: 1, maxLength: 30 });

async function live(times: readonly number[], fates: readonly Fate[]): Promise<World> {
  const world = new World();
  times.forEach((at, n) => world.open.set(`${n}`, at));
  for (const each of fates) if (world.open.size > 0) await world.step(each);
  for (let steps = 0; world.open.size > 0; steps += 1) {
    if (steps > 1000) throw new Error('it never comes to an end');
    await world.step({ taken: true, crashAfter: undefined });
  }
  return world;
}

describe('batches of mails', () => {
  it('tell of every match exactly once while nothing crashes, however often the server refuses', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.array(fate(fc.constant(undefined)), { maxLength: 20 }), async (times, fates) => {
        const { mailed } = await live(times, fates);
        expect(mailed.flat().sort()).toEqual(times.map((_, n) => `${n}`).sort());
      }),
    );
  });

  it('lose nothing in a crash, and double only what was taken and not recorded', async () => {
    const crashes = fc.option(fc.nat(5), { nil: undefined, freq: 2 });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.array(fate(crashes), { maxLength: 20 }), async (times, fates) => {
        const world = await live(times, fates);
        const counts = times.map((_, n) => world.mailedTimes(`${n}`));
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
        for (const [n, count] of counts.entries()) expect(count).toBeLessThanOrEqual(1 + world.excused(`${n}`));
      }),
    );
  });

  it('are few: one for each time in which something came', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (times) => {
        const { mailed } = await live(times, []);
        expect(mailed.length).toBeLessThanOrEqual(1 + Math.floor(Math.max(...times) / WINDOW_MS));
      }),
    );
  });
});
