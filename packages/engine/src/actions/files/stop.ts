import type { ActionOutcome } from '../port.ts';

/** Ends an action from deep inside it with an outcome that is already known. */
export class Stop extends Error {
  override readonly name = 'Stop';
  readonly outcome: ActionOutcome;

  constructor(outcome: ActionOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** A person has to do something. */
export function failed(reason: string, remedy: string): Stop {
  return new Stop({ kind: 'failed', reason, remedy });
}

/** Something moved under our hands: the next try looks anew. */
export function raced(reason: string): Stop {
  return new Stop({ kind: 'transient', reason, target: 'file', overload: false });
}
