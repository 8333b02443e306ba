import type { ActionOutcome } from '../port.ts';
import type { MailItem } from './message.ts';

export type SendItems = (items: readonly [MailItem, ...MailItem[]]) => Promise<ActionOutcome>;

/** Outcomes that nobody has fetched (their jobs were cancelled, or armed anew): the oldest are forgotten beyond so many. */
const MOST_OUTCOMES = 100_000;
/** A job whose mail has to wait for the one before it. */
const BEHIND_MS = 1000;

/**
 * Collects what one step of one rule has to mail.
 *
 * It holds nothing that is not in the queue: a job whose item waits here stays open (`not-yet`), and asks again when the time is over. The
 * first that asks then sends the mail for all; the others get the same outcome, in the same moment when they ask while it is sent, else when
 * they ask next. So:
 * - a crash before the server has taken the mail loses nothing: the jobs are open, and hand in their items again;
 * - a crash after it doubles only items whose jobs had not been recorded as done. Without batches that window is there too, since no
 *   protocol makes "taken" and "recorded" one: SMTP has no idempotency. All jobs of a batch are due at the same moment, to keep it
 *   short; and a mail that is made anew from the same matches has the same Message-ID, which mail systems know repetitions by;
 * - a mail that fails is a failed try for each of its jobs, which then hand in their items again, each after its own pause;
 * - a job that a person cancels while its item waits is still told of in the mail.
 */
export class MailBatch {
  /** By job: one that is armed anew replaces its item. */
  readonly #waiting = new Map<string, MailItem>();
  readonly #outcomes = new Map<string, ActionOutcome>();
  #until = 0;
  /** The mail that is on its way. */
  #sending: { readonly ids: ReadonlySet<string>; readonly outcome: Promise<ActionOutcome> } | undefined;

  /** A job asks: its item is taken in, or its time is over and the mail is sent, or that was done while it waited. */
  async ask(item: MailItem, windowMs: number, now: number, send: SendItems): Promise<ActionOutcome> {
    const { id } = item;
    if (this.#sending?.ids.has(id) === true) await this.#sending.outcome;
    const known = this.#outcomes.get(id);
    if (known !== undefined) return this.#fetched(id, known);
    // The clock may have been set back: nobody waits for longer than the window.
    if (this.#waiting.size === 0 || this.#until > now + windowMs) this.#until = now + windowMs;
    this.#waiting.set(item.job, item);
    if (this.#until > now) return notYet(this.#until - now);
    // One mail at a time: a server that hangs is not asked by all.
    if (this.#sending !== undefined) return notYet(BEHIND_MS);
    return this.#fetched(id, await this.#flush(send));
  }

  #flush(send: SendItems): Promise<ActionOutcome> {
    const [first, ...rest] = this.#waiting.values();
    if (first === undefined) throw new Error('nothing is handed in');
    const items = [first, ...rest] as const;
    this.#waiting.clear();
    const outcome = this.#keep(items, send(items));
    this.#sending = { ids: new Set(items.map(({ id }) => id)), outcome };
    return outcome;
  }

  async #keep(items: readonly MailItem[], sent: Promise<ActionOutcome>): Promise<ActionOutcome> {
    try {
      const outcome = await sent;
      // Given up: nobody was told anything, and who asks again hands in again.
      if (outcome.kind !== 'aborted') for (const { id } of items) this.#outcomes.set(id, outcome);
      for (const id of this.#outcomes.keys()) {
        if (this.#outcomes.size <= MOST_OUTCOMES) break;
        this.#outcomes.delete(id);
      }
      return outcome;
    } finally {
      this.#sending = undefined;
    }
  }

  /** The outcome is told to its job: a next try of it is a new one. */
  #fetched(id: string, outcome: ActionOutcome): ActionOutcome {
    this.#outcomes.delete(id);
    return outcome;
  }
}

function notYet(delayMs: number): ActionOutcome {
  return { kind: 'not-yet', reason: 'waits for the mail that tells of all matches of its time', delayMs };
}
