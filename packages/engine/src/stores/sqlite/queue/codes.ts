import type { JobState, NewBatch } from '../../../queue/port.ts';

/** Numbers in the file for words in the code. Append only: old files keep their numbers. */
const SOURCES = ['stream', 'catch-up', 'walk', 'injected'] as const satisfies readonly NewBatch['source'][];
const STATES = ['waiting', 'dead', 'parked'] as const satisfies readonly JobState[];

export function sourceCode(source: NewBatch['source']): number {
  return SOURCES.indexOf(source);
}

export function toSource(code: number): NewBatch['source'] {
  return SOURCES[code] ?? 'injected';
}

/** A job that runs is stored as one that waits: who runs it is known to the process alone, and forgotten with it. */
export function stateCode(state: Exclude<JobState, 'running'>): number {
  return STATES.indexOf(state);
}

export function toState(code: number): Exclude<JobState, 'running'> {
  return STATES[code] ?? 'parked';
}
