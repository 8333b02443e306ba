import { type ActionOutcome, OutsideError } from './port.ts';

/** What an error of the world beside the cluster means for a job. */
export function outsideOutcome(
  error: unknown,
  about: { readonly signal: AbortSignal; readonly target: 'file' | `host:${string}`; readonly remedy: string },
): ActionOutcome {
  if (about.signal.aborted) return { kind: 'aborted' };
  if (!(error instanceof OutsideError)) {
    // Its message is not ours: it may repeat what must not be told.
    const reason = `An error that nothing here expects: ${error instanceof Error ? error.name : typeof error}`;
    return { kind: 'failed', reason, remedy: 'This is a bug in qwarden: please report it with this message.' };
  }
  if (!error.transient) return { kind: 'failed', reason: error.message, remedy: about.remedy };
  return { kind: 'transient', reason: error.message, target: about.target, overload: false };
}
